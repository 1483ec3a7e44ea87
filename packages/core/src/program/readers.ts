import type { Operation } from "./operation.js";
import type { Program } from "./program.js";

/** The operations that read a value, or nothing where the program gives it out. */
export function readersOf(
  value: string,
  { operations, outputs, assignments }: Program,
): readonly Operation[] | undefined {
  if ([...Object.values(outputs), ...Object.values(assignments)].includes(value)) return undefined;
  return operations.filter(({ inputs }) => inputs.includes(value));
}
