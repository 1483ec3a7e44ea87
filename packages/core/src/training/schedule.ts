import { InvalidArgumentError } from "../errors.js";
import { checkKind, checkNames, fieldsOf } from "../options.js";
import { checkPatience, checkWatch, noProgress, type Progress, type Watch, watch } from "./watch.js";

/**
 * How the learning rate changes over a training.
 *
 * - `constant`: it does not.
 * - `step`: times `factor` after every `every` epochs (PyTorch's `StepLR`; torchvision: 0.1 every 30).
 * - `polynomial`: `learningRate · (1 − step / steps)^power`, per step (Caffe's `poly`).
 * - `plateau`: times `factor` when an evaluation has not got better for more than `patience` evaluations in a row, at
 *   most `reductions` times (the 2012 paper: factor 0.1 by hand when the validation error stalled, 3 times).
 */
export type Schedule =
  | { readonly kind: "constant"; readonly learningRate: number }
  | { readonly kind: "step"; readonly learningRate: number; readonly factor: number; readonly every: number }
  | { readonly kind: "polynomial"; readonly learningRate: number; readonly power: number }
  | ({
      readonly kind: "plateau";
      readonly learningRate: number;
      readonly factor: number;
      readonly patience: number;
      readonly reductions?: number;
    } & Watch);

/** What a schedule remembers between evaluations. */
export interface ScheduleState extends Progress {
  /** How often the learning rate was reduced. */
  readonly reductions: number;
}

export const scheduleStart: ScheduleState = { ...noProgress, reductions: 0 };

/** Where in a training a step is. */
export interface Position {
  /** 0-based. */
  readonly step: number;
  /** 0-based. */
  readonly epoch: number;
  /** Steps of the whole training. */
  readonly steps: number;
}

/** The learning rate of a step. */
export function learningRateAt(schedule: Schedule, state: ScheduleState, { step, epoch, steps }: Position): number {
  switch (schedule.kind) {
    case "constant":
      return schedule.learningRate;
    case "step":
      return schedule.learningRate * schedule.factor ** Math.floor(epoch / schedule.every);
    case "polynomial":
      return schedule.learningRate * (1 - step / steps) ** schedule.power;
    case "plateau":
      return schedule.learningRate * schedule.factor ** state.reductions;
  }
}

/** The state after an evaluation of the validation set. */
export function afterEvaluation(
  schedule: Schedule,
  state: ScheduleState,
  evaluation: { readonly loss: number; readonly top1: number },
): ScheduleState {
  if (schedule.kind !== "plateau") return state;
  const progress = watch(schedule, state, evaluation);
  const { reductions: most = Number.POSITIVE_INFINITY } = schedule;
  if (progress.stale <= schedule.patience || state.reductions >= most)
    return { ...progress, reductions: state.reductions };
  return { ...progress, stale: 0, reductions: state.reductions + 1 };
}

const settings = {
  constant: ["learningRate"],
  step: ["learningRate", "factor", "every"],
  polynomial: ["learningRate", "power"],
  plateau: ["learningRate", "factor", "patience", "reductions", "monitor", "minimumChange"],
} as const satisfies Readonly<Record<Schedule["kind"], readonly string[]>>;

/** Throws `InvalidArgumentError` for a schedule that makes no sense, or has a kind or setting that none has. */
export function checkSchedule(schedule: Schedule): void {
  checkKind("The schedule's kind", fieldsOf(schedule).kind, Object.keys(settings));
  const { kind, ...rest } = schedule;
  checkNames(`The ${kind} schedule`, rest, settings[kind]);
  const positive = (value: number, what: string): void => {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InvalidArgumentError(
        `The ${schedule.kind} schedule's ${what} must be a positive number, but is ${value}.`,
      );
    }
  };
  positive(schedule.learningRate, "learning rate");
  if (schedule.kind === "step") {
    positive(schedule.factor, "factor");
    positive(schedule.every, "number of epochs");
  }
  if (schedule.kind === "polynomial") positive(schedule.power, "power");
  if (schedule.kind === "plateau") {
    positive(schedule.factor, "factor");
    checkPatience("The plateau schedule's patience", schedule.patience);
    checkWatch("The plateau schedule", schedule);
    const { reductions = 0 } = schedule;
    if (!Number.isSafeInteger(reductions) || reductions < 0) {
      throw new InvalidArgumentError(
        `The plateau schedule's reductions must be a whole number of at least 0, but is ${reductions}.`,
      );
    }
  }
}
