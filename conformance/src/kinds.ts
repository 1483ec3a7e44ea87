import type { OperationKind, Program } from "@alexnet/core/program";

/** The kinds of operations that a program is made of, each once. */
export function kindsOf({ operations }: Pick<Program, "operations">): readonly OperationKind[] {
  return [...new Set(operations.map(({ kind }) => kind))];
}
