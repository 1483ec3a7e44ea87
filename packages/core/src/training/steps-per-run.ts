import type { BackendInfo } from "../backend/backend.js";
import type { Program } from "../program/program.js";
import { sizeOf } from "../tensor.js";

/** Bytes. So much to work on makes what a call costs beside it small, and everything fed is held in memory twice. */
const MOST_FED = 32 * 2 ** 20;

/** So long a training that is told to stop may go on, beyond the step under way; what a call costs beside it is small, too. */
const MOST_SECONDS = 0.25;

/**
 * How many steps of a program to hand to the backend at once, of which one takes about so long: as many as it prefers, or, where these would
 * be fed more than 32 MiB or take more than a quarter of a second, a divisor of that.
 */
export function stepsPerRunFor(
  { preferredFeeds }: Pick<BackendInfo, "preferredFeeds">,
  { inputs }: Pick<Program, "inputs">,
  secondsPerStep: number,
): number {
  const bytes = Object.values(inputs).reduce((sum, shape) => sum + sizeOf(shape), 0) * Float32Array.BYTES_PER_ELEMENT;
  let steps = preferredFeeds;
  const isTooMuch = (): boolean => steps * bytes > MOST_FED || steps * secondsPerStep > MOST_SECONDS;
  while (steps > 1 && (isTooMuch() || preferredFeeds % steps !== 0)) steps--;
  return steps;
}
