import { formatShape, ProgramError, ShapeError, sameShape, type TensorMap } from "@alexnet/core";
import { checkTensors } from "@alexnet/core/backend";
import type { Program } from "@alexnet/core/program";
import { lowerProgram } from "./lowering/lower-program.js";
import { graphName } from "./lowering/names.js";
import { encodeModel, encodeModelAndData, type Metadata } from "./onnx/encode.js";
import { type OnnxGraph, withConstants } from "./onnx/graph.js";

/**
 * A program as an ONNX file of standard operators (operator set 21), for other runtimes and tools. Inputs and variables
 * are the graph's inputs under their names (`~~` in front of one that ONNX or this package uses itself); outputs are called `output/<name>`, and what a variable becomes
 * `assigned/<variable>`. Variables whose values are given, such as a model's parameters, are constants of the graph instead.
 *
 * `metadata` is free text by name, which other programs show.
 *
 * `maxPool` is ONNX's own, which leaves open what becomes of NaN. Throws `ProgramError` for the value of a variable that the
 * program does not have, `ShapeError` for one of another shape.
 *
 * @example
 * ```ts
 * const { program } = inferenceProgram(model, 1);
 * await writeFile("model.onnx", exportOnnx(program, checkpoint.parameters));
 * ```
 */
export function exportOnnx(program: Program, values: TensorMap = {}, metadata: Metadata = {}): Uint8Array {
  return encodeModel(graphOf(program, values), metadata);
}

/**
 * The same with large values in a file beside it, called `location`, in chunks to be written one after the other: for models of
 * more than 2 GB, which one file of Protocol Buffers does not hold, and for those whose weights are to be mapped into memory.
 */
export function exportOnnxWithData(
  program: Program,
  values: TensorMap,
  location: string,
  metadata: Metadata = {},
): { readonly model: Uint8Array; readonly data: readonly Uint8Array[] } {
  return encodeModelAndData(graphOf(program, values), location, metadata);
}

function graphOf(program: Program, values: TensorMap): OnnxGraph {
  checkTensors("variable", values);
  for (const [name, { shape }] of Object.entries(values)) {
    const expected = Object.hasOwn(program.variables, name) ? program.variables[name] : undefined;
    if (!expected) throw new ProgramError(`The program "${program.name}" has no variable "${name}".`);
    if (!sameShape(shape, expected)) {
      throw new ShapeError(`The variable "${name}" has the shape ${formatShape(expected)}, not ${formatShape(shape)}.`);
    }
  }
  const constants = Object.entries(values).map(
    ([name, { data }]) => [graphName(name), Float32Array.from(data)] as const,
  );
  return withConstants(
    lowerProgram(program, { onNaN: "ignore", convolution: "direct", denseWeights: "float32" }),
    new Map(constants),
  );
}
