import { fileURLToPath } from "node:url";
import type { Contender } from "../contender.js";
import { processContender } from "./process.js";

/**
 * ONNX Runtime as its users use it: a file of standard operators with the weights in it, a session, `run`. It answers and
 * cannot train. Needs `onnxruntime-node`.
 */
export function onnxRuntimeContender(options: { readonly threads: number }): Contender {
  return processContender({
    name: "onnxruntime",
    command: process.execPath,
    args: [fileURLToPath(new URL("./onnxruntime-process.js", import.meta.url)), String(options.threads)],
    env: { ORT_DISABLE_TELEMETRY: "1" },
  });
}
