import { acquireWebGpu } from "./entry-point.js";
import { noAdapter } from "./no-adapter.js";

/** A WebGPU device and what is known of the adapter behind it. */
export interface OpenedDevice {
  readonly gpu: GPU;
  readonly device: GPUDevice;
  readonly adapter: GPUAdapterInfo;
  /** Ends the device. */
  close(): void;
}

/** What an adapter allows beyond what every device does, and engines can use. */
const LIMITS = [
  "maxBufferSize",
  "maxStorageBufferBindingSize",
  "maxComputeWorkgroupStorageSize",
  "maxComputeWorkgroupsPerDimension",
  "maxComputeWorkgroupSizeX",
  "maxComputeInvocationsPerWorkgroup",
] as const;

/**
 * Opens a device with the largest buffers and workgroups that the adapter allows, for the backend of this name. Throws
 * `BackendUnavailableError` when there is no adapter, or no WebGPU at all.
 */
export async function openDevice(backend: string): Promise<OpenedDevice> {
  const { gpu, release } = await acquireWebGpu();
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) throw noAdapter(backend);
    const requiredLimits = Object.fromEntries(LIMITS.map((name) => [name, adapter.limits[name]]));
    const device = await adapter.requestDevice({ requiredLimits });
    return {
      gpu,
      device,
      adapter: adapter.info,
      close() {
        void device.lost.then(() => release(adapter));
        device.destroy();
      },
    };
  } catch (error) {
    release();
    throw error;
  }
}
