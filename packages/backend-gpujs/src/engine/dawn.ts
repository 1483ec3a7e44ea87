import { acquireWebGpu, noAdapter, type WebGpu, withNavigatorGpu } from "@alexnet/webgpu";
import type { GPU } from "gpu.js";
import type { GpuContext, GpuJs } from "./gpujs.js";

/** gpu.js has one device a process; the last backend to close it ends it. */
let users = 0;
let webgpu: Promise<WebGpu> | undefined;

export interface OpenedDevice {
  readonly gpu: GPU;
  readonly context: GpuContext;
  close(): Promise<void>;
}

/** Opens gpu.js's device, which it looks for at `navigator.gpu`. Throws `BackendUnavailableError` when there is none. */
export async function openDevice(gpujs: GpuJs): Promise<OpenedDevice> {
  users++;
  try {
    webgpu ??= acquireWebGpu();
    const { gpu: entryPoint } = await webgpu;
    const [gpu, context] = withNavigatorGpu(
      entryPoint,
      () => [new gpujs.GPU({ mode: "webgpu" }), gpujs.WebGPUContext.acquire()] as const,
    );
    const opened = await context.catch((cause) => {
      throw noAdapter("gpujs:webgpu", cause);
    });
    return { gpu, context: opened, close: () => close(gpujs) };
  } catch (error) {
    await close(gpujs);
    throw error;
  }
}

async function close(gpujs: GpuJs): Promise<void> {
  if (--users > 0) return;
  const opened = webgpu;
  webgpu = undefined;
  await gpujs.WebGPUContext.destroy();
  await opened?.then(
    ({ release }) => release(),
    () => {},
  );
}
