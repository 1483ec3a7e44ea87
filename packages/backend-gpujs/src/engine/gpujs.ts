import { createRequire } from "node:module";
import { BackendUnavailableError } from "@alexnet/core";
import { engineUnavailable } from "@alexnet/core/backend";
import type { GPU, IKernelRunShortcut } from "gpu.js";
import type { KernelSource, Launch } from "../kernels/kernel.js";
import type { GpujsDevice } from "../options.js";

/*
 * The one place that knows gpu.js. Its own types lack the WebAssembly worker pool and the WebGPU classes, and cannot call
 * `input`; what is used of them is declared here.
 */

/** A buffer of gpu.js on a WebGPU device; reference-counted by gpu.js, freed with the last one that is deleted. */
export interface DeviceResult {
  readonly buffer: GpuBuffer;
  readonly context: GpuContext;
  /** Values in each cell. */
  readonly componentCount: number;
  delete(): void;
}

/** As much of `GPUBuffer` as is used. */
export interface GpuBuffer {
  readonly size: number;
  mapAsync(mode: number): Promise<void>;
  getMappedRange(): ArrayBuffer;
  unmap(): void;
  destroy(): void;
}

/** The device that all kernels of one process share. */
export interface GpuContext {
  readonly adapter: { readonly info?: { readonly vendor?: string; readonly description?: string } };
  readonly device: {
    onuncapturederror: ((event: { readonly error: { readonly message: string } }) => void) | null;
    readonly limits: {
      readonly maxStorageBufferBindingSize: number;
      readonly maxComputeWorkgroupsPerDimension: number;
    };
    createBuffer(descriptor: { size: number; usage: number; mappedAtCreation?: boolean }): GpuBuffer;
    createCommandEncoder(): {
      copyBufferToBuffer(source: GpuBuffer, from: number, target: GpuBuffer, to: number, size: number): void;
      finish(): object;
    };
    readonly queue: { submit(commands: readonly object[]): void; onSubmittedWorkDone(): Promise<unknown> };
  };
}

/** Worker threads that compute cells of WebAssembly kernels. */
export interface WorkerPool {
  release(entry: number): void;
  destroy(): void;
}

export interface GpuJs {
  readonly version: string;
  readonly GPU: new (settings: { mode: GpujsDevice }) => GPU;
  readonly input: (values: Float32Array, extents: readonly number[]) => object;
  readonly WebGPUContext: { acquire(): Promise<GpuContext>; destroy(): Promise<void> };
  readonly WebGPUBufferResult: new (settings: {
    buffer: GpuBuffer;
    output: readonly number[];
    componentCount: number;
    context: GpuContext;
  }) => DeviceResult;
  readonly WorkerPool: new (threads: number) => WorkerPool;
}

/** The kernel behind a compiled function, where gpu.js keeps what it does not offer. */
interface InnerKernel {
  onRequestFallback: () => never;
  fallbackReason: string | null;
  /** Shapes nested arrays out of the flat result; replaced, because flat is what is wanted. */
  _shapeOutput?: (values: Float32Array) => Float32Array;
  _pool?: WorkerPool | null;
  outputBuffer?: (GpuBuffer & { _refs: number }) | null;
  _moduleCache?: Map<string, { readonly id: number; readonly shared: boolean }>;
}

/** A kernel that gpu.js has made ready to be compiled by its first call. */
export interface GpuKernel {
  call(inputs: readonly unknown[]): unknown;
  /** Lets go of the last result, which gpu.js would hold on to until the next call. */
  handOver(): void;
  destroy(): void;
}

/** Loads gpu.js when it is first needed. Throws `BackendUnavailableError` saying how to install it. */
export function loadGpuJs(require: NodeJS.Require = createRequire(import.meta.url)): GpuJs {
  try {
    const { GPU, input, WebGPUContext, WebGPUBufferResult } = require("gpu.js");
    const { WebAssemblyWorkerPool } = require("gpu.js/src/backend/web-assembly/worker-pool.js");
    const { version } = require("gpu.js/package.json");
    return { version, GPU, input, WebGPUContext, WebGPUBufferResult, WorkerPool: WebAssemblyWorkerPool };
  } catch (cause) {
    throw engineUnavailable(cause, {
      engine: "gpu.js",
      packages: ["gpu.js"],
      install:
        '"npm install gpu.js --ignore-scripts" (its optional dependency gl would be compiled for minutes otherwise, and only ' +
        "the mode headlessgl needs it)",
    });
  }
}

/** Makes a kernel. Where gpu.js would go on on the CPU with a warning, the kernel throws `BackendUnavailableError`. */
export function createKernel(
  gpu: GPU,
  mode: GpujsDevice,
  source: KernelSource,
  { output, integers = {}, floats = {} }: Launch,
  pool?: WorkerPool,
): GpuKernel {
  const typed = (constants: object, type: string) => Object.keys(constants).map((name) => [name, type]);
  // Its types know neither `asyncMode` nor kernels whose `this` is typed, nor what a kernel keeps inside.
  const kernel = gpu.createKernel(
    source as never,
    {
      output: [...output],
      constants: { ...integers, ...floats },
      // Left alone, gpu.js takes a momentum of 1 for an integer and computes with it as one.
      constantTypes: Object.fromEntries([...typed(integers, "Integer"), ...typed(floats, "Float")]),
      asyncMode: pool !== undefined,
      pipeline: mode === "webgpu",
      immutable: mode === "webgpu",
      loopMaxIterations: 2 ** 24,
    } as never,
  ) as unknown as IKernelRunShortcut & ((...inputs: unknown[]) => unknown);
  const inner = kernel.kernel as unknown as InnerKernel;
  inner.onRequestFallback = () => {
    throw new BackendUnavailableError(
      `gpu.js cannot run the kernel "${source.name}" in the mode ${mode}` +
        `${inner.fallbackReason ? `: ${inner.fallbackReason}` : ""}. Choose another mode.`,
    );
  };
  if (mode !== "cpu") inner._shapeOutput = (values) => values;
  // One pool for all kernels: gpu.js would start one of its own for each.
  if (pool) inner._pool = pool;
  return {
    call: (inputs) => kernel(...inputs),
    handOver() {
      if (inner.outputBuffer) inner.outputBuffer._refs--;
      inner.outputBuffer = null;
    },
    destroy() {
      if (pool) {
        for (const { id, shared } of inner._moduleCache?.values() ?? []) if (shared) pool.release(id);
        inner._pool = null;
      }
      kernel.destroy();
    },
  };
}
