import { fileURLToPath } from "node:url";
import type { Contender } from "../contender.js";
import { processContender } from "./process.js";

/**
 * TensorFlow.js as its users train with it: `tf.sequential` on the engine of `@tensorflow/tfjs-node`, which must be
 * installed.
 */
export function tfjsLayersContender(options: { readonly threads: number }): Contender {
  const { threads } = options;
  return processContender({
    name: "tfjs-layers",
    command: process.execPath,
    args: [fileURLToPath(new URL("./tfjs-layers-process.js", import.meta.url)), String(threads)],
    env: { TF_NUM_INTRAOP_THREADS: String(threads), TF_CPP_MIN_LOG_LEVEL: "1" },
  });
}
