import { availableParallelism, cpus } from "node:os";
import type { Engine } from "../engine.js";
import { loadAddon } from "../tensorflow/addon.js";
import type { TensorFlowTensor } from "../tensorflow/operations.js";
import { tensorFlowPrimitives } from "../tensorflow/primitives.js";

/** TensorFlow itself on the CPU, through the native addon of tfjs-node. */
export async function nodeEngine(): Promise<Engine<TensorFlowTensor>> {
  const { addon, version } = loadAddon("@tensorflow/tfjs-node");
  return {
    info: {
      name: "tfjs:node",
      engine: "@tensorflow/tfjs-node",
      version,
      device: cpus()[0]?.model.trim() || "CPU",
      precision: "float32",
      details: { libtensorflow: addon.TF_Version, threads: availableParallelism() },
    },
    primitives: tensorFlowPrimitives(addon),
    tensors: () => addon.getNumOfTensors(),
    dispose() {},
  };
}
