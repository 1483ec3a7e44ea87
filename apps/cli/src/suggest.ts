import { nearest } from "@alexnet/core";
import { UsageError } from "./errors.js";

/** The error for a name nobody knows: what it was, what was most likely meant, and what there is. */
export function unknownName(kind: string, name: string, known: readonly string[]): UsageError {
  const near = nearest(name, known);
  const hint = near === undefined ? "" : ` Did you mean "${near}"?`;
  return new UsageError(`unknown ${kind} "${name}".${hint} Known: ${known.join(", ")}.`);
}
