import { BackendUnavailableError } from "@alexnet/core";
import type { GPU } from "gpu.js";
import type { WebGpu } from "../options.js";
import type { GpuContext, GpuJs } from "./gpujs.js";

/** gpu.js has one device a process; the last backend to close it ends it. */
let users = 0;
// Dawn takes a device down with the last reference to what opened it.
let entryPoint: WebGpu | undefined;

export interface OpenedDevice {
  readonly gpu: GPU;
  readonly context: GpuContext;
  close(): Promise<void>;
}

/**
 * Opens the device of `given`, of the browser, or of the package `webgpu`. gpu.js looks for `navigator.gpu`; it is there
 * while it looks and not after, for a Dawn that the global object holds on to keeps the process from exiting.
 */
export async function openDevice(gpujs: GpuJs, given?: WebGpu): Promise<OpenedDevice> {
  entryPoint ??= given ?? browserGpu() ?? (await dawn());
  users++;
  try {
    const [gpu, context] = withNavigatorGpu(
      entryPoint,
      () => [new gpujs.GPU({ mode: "webgpu" }), gpujs.WebGPUContext.acquire()] as const,
    );
    return { gpu, context: await context, close: () => close(gpujs) };
  } catch (cause) {
    await close(gpujs);
    throw new BackendUnavailableError(
      "gpujs:webgpu found no graphics adapter. It needs a GPU with a Vulkan, Metal or Direct3D 12 driver; on Linux the " +
        `system must find libvulkan.so.1 and the driver's entry (VK_DRIVER_FILES names one). ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** Milliseconds after the device is gone in which Dawn settles what waited for it; collected before, it ends the process. */
const SETTLING = 500;

async function close(gpujs: GpuJs): Promise<void> {
  if (--users > 0) return;
  await gpujs.WebGPUContext.destroy();
  const timer: NodeJS.Timeout | number = setTimeout(() => {
    if (users === 0) entryPoint = undefined;
  }, SETTLING);
  // A browser's is a number; Node's is not to keep the process alive.
  if (typeof timer === "object") timer.unref();
}

function browserGpu(): WebGpu | undefined {
  return (globalThis as { navigator?: { gpu?: WebGpu } }).navigator?.gpu;
}

async function dawn(): Promise<WebGpu> {
  try {
    const { create } = await import("webgpu");
    return create([]);
  } catch (cause) {
    const missing = (cause as NodeJS.ErrnoException).code === "ERR_MODULE_NOT_FOUND";
    throw new BackendUnavailableError(
      missing
        ? 'gpujs:webgpu needs the package webgpu in Node. Run "npm install webgpu".'
        : `The package webgpu is installed but does not load: ${(cause as Error).message}`,
      { cause, packages: missing ? ["webgpu"] : [] },
    );
  }
}

function withNavigatorGpu<Result>(gpu: WebGpu, look: () => Result): Result {
  const before = Object.getOwnPropertyDescriptor(globalThis, "navigator");
  if (browserGpu()) return look();
  Object.defineProperty(globalThis, "navigator", { value: { gpu }, configurable: true });
  try {
    return look();
  } finally {
    if (before) Object.defineProperty(globalThis, "navigator", before);
    else Reflect.deleteProperty(globalThis, "navigator");
  }
}
