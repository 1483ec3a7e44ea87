import { InvalidArgumentError } from "../errors.js";
import { checkOptions, describeValue } from "../support/options.js";

/** How often checkpoints are written: whichever of these comes first. Does not change results. */
export interface CheckpointInterval {
  /** After every so many epochs. */
  readonly epochs?: number;
  /** After every so many steps, counted over all. */
  readonly steps?: number;
  /** After the steps under way when so many seconds have passed since the last. */
  readonly seconds?: number;
}

/** An epoch apart, and ten minutes where an epoch takes longer: so much is lost when a process is killed. */
export const defaultInterval: CheckpointInterval = { epochs: 1, seconds: 600 };

/** The interval that was asked for; a number is one of epochs. Throws `InvalidArgumentError` for one that makes no sense. */
export function checkedInterval(asked: number | CheckpointInterval): CheckpointInterval {
  if (typeof asked === "number") {
    checkWhole("checkpointEvery", asked);
    return { epochs: asked };
  }
  checkInterval("checkpointEvery", asked, { epochs: true, steps: true, seconds: true });
  return asked;
}

/** Throws `InvalidArgumentError`, with the name of the option, for an interval that makes no sense. */
export function checkInterval<Names extends keyof CheckpointInterval>(
  what: string,
  interval: Pick<CheckpointInterval, Names>,
  names: Readonly<Record<Names, true>>,
): void {
  checkOptions(what, interval, names);
  const { epochs, steps, seconds }: CheckpointInterval = interval;
  for (const [name, value] of Object.entries({ epochs, steps })) {
    if (value !== undefined) checkWhole(`${what}: ${name}`, value);
  }
  if (seconds !== undefined && !(Number.isFinite(seconds) && seconds > 0)) {
    throw new InvalidArgumentError(`${what}: seconds must be above 0; got ${describeValue(seconds)}.`);
  }
}

/** Whether a checkpoint is due in the middle of an epoch, so many seconds after the last. */
export function isDueBetween({ steps, seconds }: CheckpointInterval, step: number, passed: number): boolean {
  return (steps !== undefined && step % steps === 0) || (seconds !== undefined && passed >= seconds);
}

/** Whether one is due at the end of an epoch. */
export function isDueAtEnd(
  { epochs, ...others }: CheckpointInterval,
  epoch: number,
  step: number,
  passed: number,
): boolean {
  return (epochs !== undefined && epoch % epochs === 0) || isDueBetween(others, step, passed);
}

function checkWhole(name: string, value: number): void {
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new InvalidArgumentError(`${name} must be a whole number of at least 1; got ${describeValue(value)}.`);
  }
}
