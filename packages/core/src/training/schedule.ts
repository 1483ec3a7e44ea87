import { InvalidArgumentError } from "../errors.js";
import { checkKind, checkNames, checkOptions, describeValue, fieldsOf } from "../support/options.js";
import { checkPatience, checkWatch, noProgress, type Progress, type Watch, watch } from "./watch.js";

/**
 * How the learning rate changes over a training.
 *
 * - `constant`: it does not.
 * - `step`: times `factor` after every `every` epochs (PyTorch's `StepLR`; torchvision: 0.1 every 30).
 * - `polynomial`: `learningRate · (1 − step / steps)^power`, per step (Caffe's `poly`).
 * - `cosine`: half a cosine from the learning rate down to `minimum` (0 unless told otherwise), per step (Loshchilov and
 *   Hutter, 2017, "SGDR", equation 5, without restarts; PyTorch's `CosineAnnealingLR`).
 * - `plateau`: times `factor` when an evaluation has not got better for more than `patience` evaluations in a row, at
 *   most `reductions` times (the 2012 paper: factor 0.1 by hand when the validation error stalled, 3 times).
 */
export type Schedule = WarmedUp &
  (
    | { readonly kind: "constant"; readonly learningRate: number }
    | { readonly kind: "step"; readonly learningRate: number; readonly factor: number; readonly every: number }
    | { readonly kind: "polynomial"; readonly learningRate: number; readonly power: number }
    | { readonly kind: "cosine"; readonly learningRate: number; readonly minimum?: number }
    | ({
        readonly kind: "plateau";
        readonly learningRate: number;
        readonly factor: number;
        readonly patience: number;
        readonly reductions?: number;
      } & Watch)
  );

/** What any schedule may begin with. */
export interface WarmedUp {
  readonly warmup?: Warmup;
}

/**
 * The first steps of a training, in which the learning rate rises in a straight line from a part of what the schedule begins
 * with (Goyal et al., 2017, section 2.2; PyTorch's `LinearLR`). What changes per step begins when it is over and has as many
 * steps fewer, as in PyTorch's `SequentialLR`; epochs are counted from the beginning all the same.
 */
export interface Warmup {
  readonly steps: number;
  /** The part it rises from, from 0 to 1; 0.01 unless told otherwise, as in torchvision's references. */
  readonly from?: number;
}

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
export function learningRateAt(schedule: Schedule, state: ScheduleState, at: Position): number {
  const { steps: warming = 0, from = 0.01 } = schedule.warmup ?? {};
  if (at.step < warming) return schedule.learningRate * (from + (1 - from) * (at.step / warming));
  const { epoch } = at;
  const [step, steps] = [at.step - warming, at.steps - warming];
  switch (schedule.kind) {
    case "constant":
      return schedule.learningRate;
    case "step":
      return schedule.learningRate * schedule.factor ** Math.floor(epoch / schedule.every);
    case "polynomial":
      return schedule.learningRate * (1 - step / steps) ** schedule.power;
    case "cosine": {
      const { learningRate, minimum = 0 } = schedule;
      return minimum + ((learningRate - minimum) * (1 + Math.cos((Math.PI * step) / steps))) / 2;
    }
    case "plateau":
      return schedule.learningRate * schedule.factor ** state.reductions;
  }
}

/** Whether a schedule looks ahead to the last step: it is another one for another number of epochs. */
export function looksAhead({ kind }: Schedule): boolean {
  return kind === "polynomial" || kind === "cosine";
}

/** Whether the learning rate of a step (0-based) differs from the one before as a matter of course, and is nothing to tell of. */
export function changesByItself(schedule: Schedule, step: number): boolean {
  return looksAhead(schedule) || (schedule.warmup !== undefined && step <= schedule.warmup.steps);
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
  cosine: ["learningRate", "minimum"],
  plateau: ["learningRate", "factor", "patience", "reductions", "monitor", "minimumChange"],
} as const satisfies Readonly<Record<Schedule["kind"], readonly string[]>>;

/** Throws `InvalidArgumentError` for a schedule that makes no sense, or has a kind or setting that none has. */
export function checkSchedule(schedule: Schedule): void {
  checkKind("The schedule's kind", fieldsOf(schedule).kind, Object.keys(settings));
  const { kind, ...rest } = schedule;
  checkNames(`The ${kind} schedule`, rest, [...settings[kind], "warmup"]);
  if (schedule.warmup) checkWarmup(kind, schedule.warmup);
  const positive = (value: number, what: string): void => {
    if (!(value > 0 && Number.isFinite(value))) {
      throw new InvalidArgumentError(
        `The ${schedule.kind} schedule's ${what} must be a positive number; got ${value}.`,
      );
    }
  };
  positive(schedule.learningRate, "learning rate");
  if (schedule.kind === "step") {
    positive(schedule.factor, "factor");
    positive(schedule.every, "number of epochs");
  }
  if (schedule.kind === "polynomial") positive(schedule.power, "power");
  if (schedule.kind === "cosine") {
    const { learningRate, minimum = 0 } = schedule;
    if (!(minimum >= 0 && minimum <= learningRate)) {
      throw new InvalidArgumentError(
        `The cosine schedule's minimum must be a number from 0 to its learning rate; got ${describeValue(minimum)}.`,
      );
    }
  }
  if (schedule.kind === "plateau") {
    positive(schedule.factor, "factor");
    checkPatience("The plateau schedule's patience", schedule.patience);
    checkWatch("The plateau schedule", schedule);
    const { reductions = 0 } = schedule;
    if (!Number.isSafeInteger(reductions) || reductions < 0) {
      throw new InvalidArgumentError(
        `The plateau schedule's reductions must be a whole number of at least 0; got ${reductions}.`,
      );
    }
  }
}

function checkWarmup(kind: Schedule["kind"], warmup: Warmup): void {
  const what = `The ${kind} schedule's warmup`;
  checkOptions(what, warmup, { steps: true, from: true });
  const { steps, from = 0 } = warmup;
  if (!Number.isSafeInteger(steps) || steps < 1) {
    throw new InvalidArgumentError(`${what}: steps must be a whole number of at least 1; got ${describeValue(steps)}.`);
  }
  if (!(from >= 0 && from <= 1)) {
    throw new InvalidArgumentError(`${what}: from must be a number from 0 to 1; got ${describeValue(from)}.`);
  }
}
