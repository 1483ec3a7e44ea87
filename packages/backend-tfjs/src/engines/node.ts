import { cpus } from "node:os";
import { loadAddon, type TensorFlowAddon } from "../libtensorflow/addon.js";
import { missingGpu } from "../libtensorflow/cuda.js";
import { keepFreedMemory } from "../libtensorflow/memory.js";
import type { TensorFlowTensor } from "../libtensorflow/operations.js";
import { tensorFlowPrimitives } from "../libtensorflow/primitives.js";
import { chooseThreads } from "../libtensorflow/threads.js";
import type { Engine } from "./engine.js";

/**
 * TensorFlow itself on the CPU, through the native addon of tfjs-node, on one thread per core unless told otherwise. Its
 * threads are the process's and start once: throws `BackendUnavailableError` when it runs on another number already.
 */
export async function nodeEngine(threads?: number): Promise<Engine<TensorFlowTensor>> {
  const chosen = chooseThreads(threads);
  keepFreedMemory();
  const { addon, version } = loadAddon("@tensorflow/tfjs-node");
  return engineOf(addon, {
    name: "tfjs:node",
    engine: "@tensorflow/tfjs-node",
    version,
    device: cpus()[0]?.model.trim() || "CPU",
    precision: "float32",
    details: { libtensorflow: addon.TF_Version, threads: chosen },
  });
}

/**
 * TensorFlow on an NVIDIA GPU, through the native addon of tfjs-node-gpu, which by itself would fall back to the CPU
 * without a word. Throws `BackendUnavailableError`, naming the libraries that are missing, when it sees no GPU.
 */
export async function nodeGpuEngine(load: typeof loadAddon = loadAddon): Promise<Engine<TensorFlowTensor>> {
  const { addon, version } = load("@tensorflow/tfjs-node-gpu");
  if (!addon.isUsingGpuDevice()) throw missingGpu();
  return engineOf(addon, {
    name: "tfjs:node-gpu",
    engine: "@tensorflow/tfjs-node-gpu",
    version,
    device: "NVIDIA GPU",
    // CUDA's libraries round the factors of products to TF32 on GPUs from Ampere on, unless told not to.
    precision: process.env.NVIDIA_TF32_OVERRIDE === "0" ? "float32" : "tf32",
    details: { libtensorflow: addon.TF_Version },
  });
}

function engineOf(addon: TensorFlowAddon, info: Engine<TensorFlowTensor>["info"]): Engine<TensorFlowTensor> {
  const alive = new Set<number>();
  return {
    info,
    primitives: tensorFlowPrimitives(addon, alive),
    allocations: () => alive.size,
    // TensorFlow's context belongs to the addon and lives as long as the process; it holds no thread that keeps it alive.
    dispose() {},
  };
}
