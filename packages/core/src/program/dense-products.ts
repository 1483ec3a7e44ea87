import type { Operation } from "./operation.js";
import type { Program } from "./program.js";
import { readersOf } from "./readers.js";

/**
 * The products with a weight `[out, in]` of a dense layer: a variable that nothing else reads, in a program that assigns
 * nothing. They are what a backend may compute in 8 bits (`BackendInfo.eightBitBlock`).
 */
export function denseProducts(program: Program): readonly Operation<"matmul">[] {
  if (Object.keys(program.assignments).length > 0) return [];
  return program.operations.filter((operation): operation is Operation<"matmul"> => {
    if (operation.kind !== "matmul") return false;
    const { inputs, attributes } = operation;
    const [rows, weight] = inputs;
    const alone = rows !== weight && readersOf(weight, program)?.length === 1;
    return Object.hasOwn(program.variables, weight) && alone && attributes.transposeB && !attributes.transposeA;
  });
}
