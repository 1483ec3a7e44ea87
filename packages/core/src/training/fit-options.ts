import type { Backend } from "../backend/backend.js";
import { checkDataset } from "../data/check-dataset.js";
import type { Dataset } from "../data/dataset.js";
import { alone, type Communicator } from "../distributed/communicator.js";
import { type Division, divisions } from "../distributed/placement.js";
import { CheckpointError, InvalidArgumentError } from "../errors.js";
import { trainedParameters } from "../model/fine-tuning.js";
import type { Model } from "../model/model.js";
import { checkParameters, parametersOf } from "../model/parameters.js";
import { type Optimizer, optimizerSlots, updateRule } from "../optimizer/optimizer.js";
import { plainSgd } from "../optimizer/sgd.js";
import { checkKind, checkOptions, describeValue, keysOf } from "../support/options.js";
import { sameShape, type TensorMap } from "../tensor.js";
import type { Checkpoint, CheckpointStore, TrainingIdentity } from "./checkpoint.js";
import { type CheckpointInterval, checkedInterval, checkInterval, defaultInterval } from "./checkpoint-every.js";
import { checkSchedule, looksAhead, type Schedule } from "./schedule.js";
import { checkEarlyStop, type EarlyStop } from "./watch.js";

/** What to train, on what, and how. */
export interface FitOptions {
  readonly model: Model;
  readonly backend: Backend;
  readonly training: Dataset;
  /** Evaluated after epochs; the plateau schedule and early stopping need it. */
  readonly validation?: Dataset;
  readonly epochs: number;
  /** Images a step; at most the size of the training set. */
  readonly batchSize: number;
  /** Decides initial weights, shuffling and dropout; 0 unless told otherwise. */
  readonly seed?: number;
  /** Plain stochastic gradient descent unless told otherwise. */
  readonly optimizer?: Optimizer;
  /** A constant 0.01 unless told otherwise. */
  readonly schedule?: Schedule;
  readonly earlyStop?: EarlyStop;
  /** Weights to start from instead of the model's initializers; they are the first checkpoint. */
  readonly parameters?: TensorMap;
  /** A checkpoint to go on from, exactly: seed, data, batch size, optimizer and schedule must be the same. */
  readonly resume?: Checkpoint;
  /** Where checkpoints go. Without it, none are written. */
  readonly checkpoints?: CheckpointStore;
  /**
   * Epochs between checkpoints, or steps or seconds; an epoch, and ten minutes where it takes longer, unless told otherwise. One is
   * written after an evaluation that is better than all before, at the end and on abort in any case. Does not change results.
   */
  readonly checkpointEvery?: number | CheckpointInterval;
  /**
   * Tells how large weights are, and how much the last step of every so many epochs, or each of so many steps, changed them; never
   * unless told. That step is done alone, and the weights are read before and after it. Does not change results.
   */
  readonly weightsEvery?: Pick<CheckpointInterval, "epochs" | "steps">;
  /** Epochs between evaluations; 1 unless told otherwise. The last epoch is evaluated in any case. */
  readonly evaluateEvery?: number;
  /** Stop after this many steps over all, in the middle of an epoch if need be. */
  readonly maxSteps?: number;
  /** Stop after the steps under way when this much time has passed since `fit` began, with a checkpoint to go on from. */
  readonly maxSeconds?: number;
  /**
   * Steps handed to the backend together; unless told otherwise what the backend prefers, fewer where their inputs are
   * large. Does not change results.
   */
  readonly stepsPerRun?: number;
  /** Aborting ends the training after the steps under way, with a checkpoint and an `end` event; nothing is thrown. */
  readonly signal?: AbortSignal;
  /**
   * The ranks of a job that train together; each calls `fit` with the same options, but for its backend, its signal and `checkpoints`, which one of
   * them has. A rank for which `fit` throws must `abort` the job: the others wait for it.
   */
  readonly communicator?: Communicator;
  /** What the ranks divide among them; the data unless told otherwise. */
  readonly division?: Division;
}

/** What `fit` does unless told otherwise. */
export const fitDefaults = {
  seed: 0,
  optimizer: plainSgd,
  schedule: { kind: "constant", learningRate: 0.01 },
  checkpointEvery: defaultInterval,
  evaluateEvery: 1,
  communicator: alone,
  division: "data",
} as const satisfies Partial<FitOptions>;

/** The options with every default filled in and everything checked that can be before any work. */
export type CheckedFitOptions = FitOptions &
  Required<Pick<FitOptions, "seed" | "optimizer" | "schedule" | "evaluateEvery" | "communicator" | "division">> & {
    readonly checkpointEvery: CheckpointInterval;
    readonly stepsPerEpoch: number;
    /** Steps of the whole training. */
    readonly steps: number;
    readonly identity: TrainingIdentity;
  };

const NAMES: Readonly<Record<keyof FitOptions, true>> = {
  model: true,
  backend: true,
  training: true,
  validation: true,
  epochs: true,
  batchSize: true,
  seed: true,
  optimizer: true,
  schedule: true,
  earlyStop: true,
  parameters: true,
  resume: true,
  checkpoints: true,
  checkpointEvery: true,
  weightsEvery: true,
  evaluateEvery: true,
  maxSteps: true,
  maxSeconds: true,
  stepsPerRun: true,
  signal: true,
  communicator: true,
  division: true,
};

export function checkFitOptions(options: FitOptions): CheckedFitOptions {
  checkOptions("fit", options, NAMES);
  const { model, training, validation, epochs, batchSize, resume } = options;
  const {
    seed = fitDefaults.seed,
    optimizer = fitDefaults.optimizer,
    schedule = fitDefaults.schedule,
    evaluateEvery = fitDefaults.evaluateEvery,
    communicator = fitDefaults.communicator,
    division = fitDefaults.division,
  } = options;
  checkKind("division", division, divisions);
  const { stepsPerRun = 1, maxSteps = 1 } = options;
  const checkpointEvery = checkedInterval(options.checkpointEvery ?? fitDefaults.checkpointEvery);
  const whole = { epochs, batchSize, evaluateEvery, stepsPerRun, maxSteps };
  for (const [name, value] of Object.entries(whole)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new InvalidArgumentError(`${name} must be a whole number of at least 1; got ${value}.`);
    }
  }
  const { maxSeconds, weightsEvery } = options;
  if (weightsEvery) checkInterval("weightsEvery", weightsEvery, { epochs: true, steps: true });
  if (maxSeconds !== undefined && !(maxSeconds > 0)) {
    throw new InvalidArgumentError(`maxSeconds must be above 0; got ${describeValue(maxSeconds)}.`);
  }
  checkDataset(model, training);
  if (validation) checkDataset(model, validation);
  if (batchSize > training.length) {
    throw new InvalidArgumentError(
      `The batch size is ${batchSize}, but "${training.name}" holds only ${training.length} examples.`,
    );
  }
  checkSchedule(schedule);
  updateRule(optimizer); // Throws for one that makes no sense.
  if (options.earlyStop) checkEarlyStop(options.earlyStop);
  if (!validation && (schedule.kind === "plateau" || options.earlyStop)) {
    throw new InvalidArgumentError(
      "The plateau schedule and early stopping look at evaluations: give a validation set.",
    );
  }
  const stepsPerEpoch = Math.ceil(training.length / batchSize);
  const steps = Math.min(epochs * stepsPerEpoch, options.maxSteps ?? Number.POSITIVE_INFINITY);
  const identity: TrainingIdentity = {
    dataset: training.name,
    examples: training.length,
    ...(training.settings && { settings: training.settings }),
    batchSize,
    optimizer,
    schedule,
    ...(looksAhead(schedule) && { steps: epochs * stepsPerEpoch }),
  };
  if (options.parameters) checkParameters(model, options.parameters);
  if (resume) checkResume(resume, model, seed, identity);
  return {
    ...options,
    seed,
    optimizer,
    schedule,
    checkpointEvery,
    evaluateEvery,
    communicator,
    division,
    stepsPerEpoch,
    steps,
    identity,
  };
}

/** Throws `CheckpointError` unless something is kept of every parameter that is trained, and of no other. */
function checkKept(model: Model, slot: string, kept: TensorMap): void {
  const trained = trainedParameters(parametersOf(model));
  for (const { name, shape } of trained) {
    const found = Object.hasOwn(kept, name) ? kept[name] : undefined;
    if (found && sameShape(found.shape, shape)) continue;
    throw new CheckpointError(
      `The checkpoint lacks the optimizer's ${slot} of "${name}": the layer was frozen, or of another shape. Resume with the ` +
        "same layers frozen.",
    );
  }
  const names = new Set(trained.map(({ name }) => name));
  const other = Object.keys(kept).find((name) => !names.has(name));
  if (other !== undefined) {
    throw new CheckpointError(
      `The checkpoint holds the optimizer's ${slot} of "${other}", which is frozen here. Resume with the same layers frozen.`,
    );
  }
}

/** What a setting of the training set is called. */
const SETTING = "the training set's ";

/** Each thing that decides the numbers, by its name. */
function decisive({ settings = {}, ...others }: TrainingIdentity): Readonly<Record<string, unknown>> {
  const named = Object.entries(settings).map(([name, value]) => [`${SETTING}${name}`, value] as const);
  return { ...others, ...Object.fromEntries(named) };
}

/** Throws `CheckpointError` or `WeightsError` unless the checkpoint is of this very training. */
function checkResume(
  { state, parameters, optimizerState }: Checkpoint,
  model: Model,
  seed: number,
  identity: TrainingIdentity,
): void {
  if (state.model !== model.name) {
    throw new CheckpointError(`The checkpoint is of the model "${state.model}", not of "${model.name}".`);
  }
  if (state.seed !== seed) {
    throw new CheckpointError(
      `The checkpoint was trained with seed ${state.seed}, not ${seed}. Resume with the same seed.`,
    );
  }
  const [before, now] = [decisive(state.identity), decisive(identity)];
  for (const key of keysOf<string>({ ...before, ...now })) {
    const [was, is] = [before[key], now[key]].map((value) => JSON.stringify(value));
    // Checkpoints written before datasets had settings do not tell them.
    if (was === is || (key.startsWith(SETTING) && !state.identity.settings)) continue;
    throw new CheckpointError(
      `The checkpoint was trained with ${key} ${was}, not ${is}. Resume with the same, or start a new training from ` +
        "its weights (the option `parameters`).",
    );
  }
  checkParameters(model, parameters);
  for (const slot of optimizerSlots(identity.optimizer)) {
    const kept = optimizerState[slot];
    if (!kept) throw new CheckpointError(`The checkpoint lacks the optimizer's ${slot}: its training cannot go on.`);
    checkKept(model, slot, kept);
  }
}
