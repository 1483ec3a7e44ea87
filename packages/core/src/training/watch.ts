import { InvalidArgumentError } from "../errors.js";
import { checkKind, checkOptions, describeValue } from "../support/options.js";

/** What counts as getting better. */
export interface Watch {
  /** The figure to look at: the mean loss, or the share of wrong answers; `"error"` unless told otherwise. */
  readonly monitor?: "loss" | "error";
  /** How much lower a figure must be to count; 0 unless told otherwise. */
  readonly minimumChange?: number;
}

/** Stop a training when evaluations have not got better for more than `patience` in a row. */
export interface EarlyStop extends Watch {
  readonly patience: number;
}

/** The best figure so far and how many evaluations ago it was. */
export interface Progress {
  /** `null` before the first evaluation, so that it survives JSON. */
  readonly best: number | null;
  readonly stale: number;
}

export const noProgress: Progress = { best: null, stale: 0 };

/** The progress after one more evaluation. A figure that is NaN or infinite is no progress, whatever came before. */
export function watch(
  { monitor = "error", minimumChange = 0 }: Watch,
  { best, stale }: Progress,
  evaluation: { readonly loss: number; readonly top1: number },
): Progress {
  const figure = monitor === "loss" ? evaluation.loss : 1 - evaluation.top1;
  const better = Number.isFinite(figure) && (best === null || figure < best - minimumChange);
  return better ? { best: figure, stale: 0 } : { best, stale: stale + 1 };
}

/** Whether the evaluations so far end the training; so they do when it is resumed. */
export function isStopped(earlyStop: EarlyStop | undefined, { stale }: Progress): boolean {
  return earlyStop !== undefined && stale > earlyStop.patience;
}

/** Throws `InvalidArgumentError` for an early stop that makes no sense. */
export function checkEarlyStop(earlyStop: EarlyStop): void {
  checkOptions("earlyStop", earlyStop, { patience: true, monitor: true, minimumChange: true });
  checkPatience("The patience of earlyStop", earlyStop.patience);
  checkWatch("earlyStop", earlyStop);
}

/** Evaluations are counted: half a one more, or minus one, is a mistake. */
export function checkPatience(what: string, patience: number): void {
  if (Number.isSafeInteger(patience) && patience >= 0) return;
  throw new InvalidArgumentError(`${what} must be a whole number of at least 0; got ${describeValue(patience)}.`);
}

export function checkWatch(what: string, { monitor = "error", minimumChange = 0 }: Watch): void {
  checkKind(`${what}: monitor`, monitor, ["loss", "error"]);
  if (minimumChange >= 0 && Number.isFinite(minimumChange)) return;
  throw new InvalidArgumentError(
    `${what}: minimumChange must be a number of at least 0; got ${describeValue(minimumChange)}.`,
  );
}
