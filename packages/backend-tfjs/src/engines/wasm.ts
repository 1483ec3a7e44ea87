import { availableParallelism } from "node:os";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { loadPackages } from "../load.js";
import { kernelRunner, type RunKernel } from "../tfjs-kernels/runner.js";
import { stockPrimitives } from "../tfjs-kernels/stock-primitives.js";
import { settleWorkers, startWasmModule } from "../tfjs-kernels/wasm-module.js";
import { wasmPrimitives } from "../tfjs-kernels/wasm-primitives.js";
import type { Engine } from "./engine.js";

/** The kernels know one WebAssembly module at a time, in variables of their own: the backend they were told of last. */
let bound: object | undefined;

/** TensorFlow.js's kernels in WebAssembly with vector instructions (XNNPACK), on as many threads as wanted. */
export async function wasmEngine(threads = availableParallelism()): Promise<Engine<TensorInfo>> {
  const [tfjs, wasm, module] = await loadPackages(
    "tfjs:wasm",
    ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-wasm"],
    async () =>
      Promise.all([
        import("@tensorflow/tfjs-core"),
        import("@tensorflow/tfjs-backend-wasm"),
        startWasmModule(threads),
      ] as const),
  );
  wasm.setThreadsCount(threads);
  const backend = new wasm.BackendWasm(module);
  await settleWorkers(module);
  const runBound = kernelRunner(tfjs, "wasm", backend);
  const run: RunKernel = (...given) => {
    if (bound !== backend) {
      for (const { setupFunc } of tfjs.getKernelsForBackend("wasm")) setupFunc?.(backend);
      bound = backend;
    }
    return runBound(...given);
  };
  return {
    info: {
      name: "tfjs:wasm",
      engine: "@tensorflow/tfjs-backend-wasm",
      version: wasm.version_wasm,
      device: "WebAssembly",
      precision: "float32",
      details: { threads: wasm.getThreadsCount() },
    },
    primitives: wasmPrimitives(backend, run, stockPrimitives(backend, run)),
    allocations: () => backend.numDataIds(),
    dispose() {
      if (bound === backend) bound = undefined;
      backend.dispose();
    },
  };
}
