import { type Backend, checkDevice, checkDeviceThreads, kernelBackend } from "@alexnet/core/backend";
import { checkOptions, keysOf } from "@alexnet/core/support";
import { cpuEngine } from "./engines/cpu.js";
import type { Engine } from "./engines/engine.js";
import { nodeEngine, nodeGpuEngine } from "./engines/node.js";
import { wasmEngine } from "./engines/wasm.js";
import { webgpuEngine } from "./engines/webgpu.js";
import { kernelsOver } from "./kernels/index.js";
import { checkTensorSizes, within } from "./limits.js";
import { freeValue, newValue, plain, readValue, settleValue, type Value } from "./value.js";

/** How each engine is started. */
const engines = {
  "node-gpu": async () => backendOn(await nodeGpuEngine()),
  node: async ({ threads }: TfjsBackendOptions) => backendOn(await nodeEngine(threads)),
  webgpu: async () => backendOn(await webgpuEngine()),
  wasm: async ({ threads }: TfjsBackendOptions) => backendOn(await wasmEngine(threads)),
  cpu: async () => backendOn(await cpuEngine()),
} as const;

/** Those whose number of threads can be chosen. */
const THREADED: readonly TfjsDevice[] = ["node", "wasm"];

/** What TensorFlow.js computes on: its engines. */
export type TfjsDevice = keyof typeof engines;

/** Choices of a TensorFlow.js backend. */
export interface TfjsBackendOptions {
  /** Where to compute. */
  readonly device: TfjsDevice;
  /**
   * Threads an operation of `node` or `wasm` may use; one per core unless told otherwise. The others have none to choose.
   * `node` has one number a process, and other numbers round differently; `wasm` computes the same bits on any.
   */
  readonly threads?: number;
}

/**
 * An engine of TensorFlow.js as a backend. Its packages are loaded here and not before.
 *
 * Throws `BackendUnavailableError` when a package or a device is missing, saying which and what to do, and
 * `InvalidArgumentError` for options that make no sense.
 */
export async function tfjsBackend(options: TfjsBackendOptions): Promise<Backend> {
  checkOptions("tfjsBackend", options, { device: true, threads: true });
  const { device, threads } = options;
  checkDevice("tfjs", device, keysOf(engines));
  checkDeviceThreads(`tfjs:${device}`, threads, THREADED.includes(device));
  return engines[device](options);
}

function backendOn<Handle>({
  info,
  primitives,
  allocations,
  dispose,
  maxTensorBytes = Number.POSITIVE_INFINITY,
}: Engine<Handle>): Backend {
  return kernelBackend<Value<Handle>>({
    info,
    kernels: kernelsOver(within(primitives, maxTensorBytes, info.name)),
    upload: ({ shape, data }) => newValue(primitives.write(Float32Array.from(data), shape), shape, plain(shape)),
    download: async (value, shape) => ({ shape, data: await readValue(primitives, value) }),
    settle: (value) => settleValue(primitives, value),
    free: (value) => freeValue(primitives, value),
    allocations,
    admit: (program) => checkTensorSizes(program, maxTensorBytes, info.name),
    dispose,
  });
}
