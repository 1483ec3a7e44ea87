import { InvalidArgumentError } from "../errors.js";
import { describeValue } from "../support/options.js";

/** Throws `InvalidArgumentError` unless what is kept of an average or a velocity dies away. */
export function checkBelowOne(what: string, value: number): void {
  if (value >= 0 && value < 1) return;
  throw new InvalidArgumentError(`${what} must be at least 0 and below 1; got ${describeValue(value)}.`);
}

/** Throws `InvalidArgumentError` for a weight decay that makes no sense. */
export function checkDecay(weightDecay: number): void {
  if (weightDecay >= 0 && Number.isFinite(weightDecay)) return;
  throw new InvalidArgumentError(`The weight decay must be a number of at least 0; got ${describeValue(weightDecay)}.`);
}
