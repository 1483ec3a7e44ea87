import type { TensorInfo } from "@tensorflow/tfjs-core";
import { loadPackages } from "../load.js";
import { kernelRunner } from "../tfjs-kernels/runner.js";
import { stockPrimitives } from "../tfjs-kernels/stock-primitives.js";
import type { Engine } from "./engine.js";

/** TensorFlow.js's kernels in plain JavaScript: one thread, slow, at home everywhere. */
export async function cpuEngine(): Promise<Engine<TensorInfo>> {
  const [tfjs, cpu] = await loadPackages(
    "tfjs:cpu",
    ["@tensorflow/tfjs-core", "@tensorflow/tfjs-backend-cpu"],
    async () => Promise.all([import("@tensorflow/tfjs-core"), import("@tensorflow/tfjs-backend-cpu")]),
  );
  const backend = new cpu.MathBackendCPU();
  // Or its first use prints an advertisement.
  Object.assign(backend, { firstUse: false });
  return {
    info: {
      name: "tfjs:cpu",
      engine: "@tensorflow/tfjs-backend-cpu",
      version: cpu.version_cpu,
      device: "JavaScript",
      precision: "float32",
      details: { threads: 1 },
    },
    primitives: stockPrimitives(backend, kernelRunner(tfjs, "cpu", backend)),
    allocations: () => backend.numDataIds(),
    dispose: () => backend.dispose(),
  };
}
