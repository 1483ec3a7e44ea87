import type { ProgramBuilder } from "@alexnet/core/program";
import type { Operand, OperationCase } from "./operation-case.js";

/**
 * Several of one kind in one program. Each has a label, which its operands and what is written for it carry: the operand
 * `input` of `64` is fed as `input 64`.
 */
export function several<Each>(
  name: string,
  labeled: readonly (readonly [label: string, each: Each])[],
  operandsOf: (each: Each) => Readonly<Record<string, Operand>>,
  write: (builder: ProgramBuilder, operand: (name: string) => string, each: Each, suffix: string) => readonly string[],
): OperationCase {
  return {
    name,
    inputs: Object.fromEntries(
      labeled.flatMap(([label, each]) =>
        Object.entries(operandsOf(each)).map(([operand, value]) => [`${operand} ${label}`, value]),
      ),
    ),
    build: (builder) =>
      labeled.flatMap(([label, each]) => write(builder, (operand) => `${operand} ${label}`, each, ` ${label}`)),
  };
}
