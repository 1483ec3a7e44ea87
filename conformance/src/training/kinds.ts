import type { ModelProgram } from "@alexnet/core";
import type { OperationKind } from "@alexnet/core/program";

/** The operations that a program is made of, each once. */
export function kindsOf({ program }: ModelProgram): readonly OperationKind[] {
  return [...new Set(program.operations.map(({ kind }) => kind))];
}
