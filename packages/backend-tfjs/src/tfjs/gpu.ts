import { BackendUnavailableError } from "@alexnet/core";

/** A WebGPU device and what is known of the adapter behind it. */
export interface OpenedDevice {
  readonly device: GPUDevice;
  readonly adapter: GPUAdapterInfo;
  /** Ends the device. */
  close(): void;
}

/**
 * One Dawn serves every device of a process. Dawn takes a device down with the last reference to what opened it, and looks
 * for finished work between turns of the event loop, without a reference of its own: a Dawn that is collected before it has
 * looked for the last time ends the process. So it is held while a device is open, and a while after the last was lost.
 */
let entryPoint: Promise<GPU> | undefined;
let users = 0;

/** Milliseconds after a device was lost in which Dawn settles what waited for it. */
const SETTLING = 500;

function release(): void {
  if (--users === 0) entryPoint = undefined;
}

/**
 * Opens the browser's WebGPU device, or in Node one of the `webgpu` package (Dawn), with the largest buffers the adapter
 * allows. Throws `BackendUnavailableError` when there is no adapter.
 */
export async function openDevice(): Promise<OpenedDevice> {
  users++;
  try {
    entryPoint ??= Promise.resolve(globalThis.navigator?.gpu ?? dawn());
    return await openedBy(await entryPoint);
  } catch (error) {
    release();
    throw error;
  }
}

async function openedBy(gpu: GPU): Promise<OpenedDevice> {
  const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
  if (!adapter) {
    throw new BackendUnavailableError(
      "tfjs:webgpu found no graphics adapter. It needs a GPU with a Vulkan, Metal or Direct3D 12 driver; on Linux the " +
        "system must find libvulkan.so.1 and the driver's entry (VK_DRIVER_FILES names one).",
    );
  }
  const { limits } = adapter;
  const device = await adapter.requestDevice({
    requiredLimits: {
      maxBufferSize: limits.maxBufferSize,
      maxStorageBufferBindingSize: limits.maxStorageBufferBindingSize,
      maxComputeWorkgroupStorageSize: limits.maxComputeWorkgroupStorageSize,
      maxComputeWorkgroupsPerDimension: limits.maxComputeWorkgroupsPerDimension,
      maxComputeWorkgroupSizeX: limits.maxComputeWorkgroupSizeX,
      maxComputeInvocationsPerWorkgroup: limits.maxComputeInvocationsPerWorkgroup,
    },
  });
  const opened = new Set<unknown>([gpu, adapter]);
  const letGo = (): void => {
    opened.clear();
    release();
  };
  return {
    device,
    adapter: adapter.info,
    close() {
      void device.lost.then(() => {
        const timer: NodeJS.Timeout | number = setTimeout(letGo, SETTLING);
        // A browser's is a number; Node's is not to keep the process alive.
        if (typeof timer === "object") timer.unref();
      });
      device.destroy();
    },
  };
}

async function dawn(): Promise<GPU> {
  const { create, globals } = await import("webgpu");
  // Classes and constants that TensorFlow.js uses by their global names, as a browser has them.
  for (const [name, value] of Object.entries(globals)) {
    if (!(name in globalThis)) Object.defineProperty(globalThis, name, { value, configurable: true, writable: true });
  }
  return create([]);
}

/**
 * Calls `make` while `navigator.gpu` exists: TensorFlow.js wants to see one before it makes a backend. It is taken away
 * again, for a Dawn that the global object holds on to keeps the process from exiting.
 */
export function withNavigatorGpu<Result>(make: () => Result): Result {
  const navigator = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  if (globalThis.navigator?.gpu) return make();
  Object.defineProperty(globalThis, "navigator", { value: { gpu: {} }, configurable: true });
  try {
    return make();
  } finally {
    if (navigator) Object.defineProperty(globalThis, "navigator", navigator);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
}
