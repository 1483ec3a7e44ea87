import type { Program } from "@alexnet/core";
import { lowerProgram } from "./lowering/lower-program.js";
import { encodeModel } from "./onnx/encode.js";

/**
 * A program as an ONNX file of standard operators (operator set 21), for other runtimes and tools. Inputs and variables
 * are the graph's inputs under their names (`~~` in front of one that ONNX or this package uses itself); outputs are called `output/<name>`, and what a variable becomes
 * `assigned/<variable>`.
 */
export function exportOnnx(program: Program): Uint8Array {
  return encodeModel(lowerProgram(program));
}
