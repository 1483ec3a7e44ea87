import { runPickle, type UnpickleOptions } from "./machine.js";
import { steps } from "./steps.js";

/**
 * Reads one pickle, protocols 0 to 5, and runs nothing: it builds lists, dicts (as `Map`), tuples (as arrays), strings,
 * numbers and bytes, and what the globals of an allow-list make of them. Whole numbers that a double does not hold are
 * `bigint`; a Python 2 string of up to 255 bytes is text in Latin-1, a longer one bytes. Gives the value and where the next pickle starts.
 *
 * Throws `WeightsError` for a global outside the list, which it names, for one that is truncated or no pickle, and for one
 * that would exhaust memory. Follows Python's pickletools.py. No kept library has an allow-list: those in the registry call
 * what the file names, or were left in 2024.
 */
export function unpickle(
  bytes: Uint8Array,
  options: UnpickleOptions,
  start = 0,
): { readonly value: unknown; readonly end: number } {
  return runPickle(bytes, start, steps, options);
}
