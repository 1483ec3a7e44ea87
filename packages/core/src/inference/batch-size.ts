import { InvalidArgumentError } from "../errors.js";
import { describeValue } from "../support/options.js";

/** Images computed at once unless told otherwise. */
export const DEFAULT_BATCH = 128;

/** The batch size, at most the one wished for, that cuts the examples into parts as even as can be. */
export function evenBatchSize(examples: number, most: number): number {
  if (!Number.isSafeInteger(most) || most < 1) {
    throw new InvalidArgumentError(`The batch size must be a whole number of at least 1; got ${describeValue(most)}.`);
  }
  return Math.ceil(examples / Math.ceil(examples / most));
}
