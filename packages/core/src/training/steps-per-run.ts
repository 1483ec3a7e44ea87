import type { BackendInfo } from "../backend/backend.js";
import type { Program } from "../program/program.js";
import { sizeOf } from "../tensor.js";

/** Bytes. So much to work on makes what a call costs beside it small, and everything fed is held in memory twice. */
const MOST_FED = 32 * 2 ** 20;

/**
 * How many steps of a program to hand to the backend at once: as many as it prefers, or, where these would be fed more
 * than 32 MiB, a divisor of that.
 */
export function stepsPerRunFor(
  { preferredFeeds }: Pick<BackendInfo, "preferredFeeds">,
  { inputs }: Pick<Program, "inputs">,
): number {
  const bytes = Object.values(inputs).reduce((sum, shape) => sum + sizeOf(shape), 0) * Float32Array.BYTES_PER_ELEMENT;
  let steps = preferredFeeds;
  while (steps > 1 && (steps * bytes > MOST_FED || preferredFeeds % steps !== 0)) steps--;
  return steps;
}
