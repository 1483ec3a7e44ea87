import { formatShape, ProgramError, ShapeError, sameShape, type TensorMap } from "@alexnet/core";
import { checkTensors } from "@alexnet/core/backend";
import type { Program } from "@alexnet/core/program";
import { lowerProgram } from "./lowering/lower-program.js";
import { graphName } from "./lowering/names.js";
import { encodeModel } from "./onnx/encode.js";
import { withConstants } from "./onnx/graph.js";

/**
 * A program as an ONNX file of standard operators (operator set 21), for other runtimes and tools. Inputs and variables
 * are the graph's inputs under their names (`~~` in front of one that ONNX or this package uses itself); outputs are called `output/<name>`, and what a variable becomes
 * `assigned/<variable>`. Variables whose values are given, such as a model's parameters, are constants of the graph instead.
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
export function exportOnnx(program: Program, values: TensorMap = {}): Uint8Array {
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
  return encodeModel(
    withConstants(
      lowerProgram(program, { onNaN: "ignore", convolution: "direct", denseWeights: "float32" }),
      new Map(constants),
    ),
  );
}
