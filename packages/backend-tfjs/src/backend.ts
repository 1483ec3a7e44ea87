import { type Backend, checkOptions, checkThreads, InvalidArgumentError, kernelBackend } from "@alexnet/core";
import type { Engine } from "./engine.js";
import { cpuEngine } from "./engines/cpu.js";
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
const THREADED: readonly TfjsEngine[] = ["node", "wasm"];

/** The engines of TensorFlow.js. */
export type TfjsEngine = keyof typeof engines;

export interface TfjsBackendOptions {
  /** Where to compute. */
  readonly engine: TfjsEngine;
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
  checkOptions("tfjsBackend", options, { engine: true, threads: true });
  const { engine, threads } = options;
  if (!Object.hasOwn(engines, engine)) {
    throw new InvalidArgumentError(
      `The TensorFlow.js backend has no engine "${engine}"; it has ${Object.keys(engines).join(", ")}.`,
    );
  }
  if (threads !== undefined) checkThreads(threads);
  if (threads !== undefined && !THREADED.includes(engine)) {
    throw new InvalidArgumentError(`The engine tfjs:${engine} has no threads to choose; leave threads out.`);
  }
  return engines[engine](options);
}

function backendOn<Handle>({
  info,
  primitives,
  tensors,
  dispose,
  maxTensorBytes = Number.POSITIVE_INFINITY,
}: Engine<Handle>): Backend {
  const backend = kernelBackend<Value<Handle>>({
    info,
    kernels: kernelsOver(within(primitives, maxTensorBytes, info.name)),
    upload: ({ shape, data }) => newValue(primitives.write(Float32Array.from(data), shape), shape, plain(shape)),
    download: async (value, shape) => ({ shape, data: await readValue(primitives, value) }),
    settle: (value) => settleValue(primitives, value),
    free: (value) => freeValue(primitives, value),
    allocations: tensors,
    dispose,
  });
  return {
    ...backend,
    async compile(program) {
      checkTensorSizes(program, maxTensorBytes, info.name);
      return backend.compile(program);
    },
  };
}
