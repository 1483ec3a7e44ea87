import { suggestion } from "@alexnet/core/support";
import { UsageError } from "./errors.js";

/** The error for a name nobody knows: what it was, what was most likely meant, and what there is. */
export function unknownName(kind: string, name: string, known: readonly string[]): UsageError {
  return new UsageError(`unknown ${kind} "${name}".${suggestion(name, known)} Known: ${known.join(", ")}.`);
}
