import type { Operation } from "./operation.js";
import type { Program } from "./program.js";

/**
 * The products with a weight `[out, in]` of a dense layer: a variable that nothing else reads, in a program that assigns
 * nothing. They are what a backend may compute in 8 bits (`BackendInfo.eightBitBlock`).
 */
export function denseProducts({
  operations,
  variables,
  outputs,
  assignments,
}: Program): readonly Operation<"matmul">[] {
  if (Object.keys(assignments).length > 0) return [];
  const given = new Set(Object.values(outputs));
  const uses = new Map<string, number>();
  for (const input of operations.flatMap(({ inputs }) => inputs)) uses.set(input, (uses.get(input) ?? 0) + 1);
  return operations.filter((operation): operation is Operation<"matmul"> => {
    if (operation.kind !== "matmul") return false;
    const { inputs, attributes } = operation;
    const weight = inputs[1] as string;
    const alone = Object.hasOwn(variables, weight) && uses.get(weight) === 1 && !given.has(weight);
    return alone && attributes.transposeB && !attributes.transposeA;
  });
}
