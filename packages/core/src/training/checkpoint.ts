import type { Slot } from "../optimizer/names.js";
import type { Optimizer } from "../optimizer/optimizer.js";
import type { TensorMap } from "../tensor.js";
import type { Schedule, ScheduleState } from "./schedule.js";
import type { Progress } from "./watch.js";

/**
 * Everything but the tensors that a training needs to go on exactly where it stopped. Plain JSON.
 * Randomness needs no state of its own: draws are a function of the seed and the step.
 */
export interface TrainingState {
  /** Name of the model the weights belong to. */
  readonly model: string;
  /** Steps done so far, over all epochs. */
  readonly step: number;
  /** Whole epochs done so far. */
  readonly epoch: number;
  readonly seed: number;
  /** Of the last step, so that a change across an interruption is told; absent before the first. */
  readonly learningRate?: number;
  readonly schedule: ScheduleState;
  readonly earlyStop: Progress;
  /** Where the best evaluation was: the fewest errors, and of equals the lower loss; absent before the first. */
  readonly best?: BestEvaluation;
  /** Sums over the steps of the unfinished epoch, so that its averages come out as if never interrupted. */
  readonly epochTotals: EpochTotals;
  /** Whether the evaluation after the last epoch is still to be done: it was aborted. */
  readonly evaluationDue?: true;
  /** The options that decide the numbers; a training resumed with others would not be the same training. */
  readonly identity: TrainingIdentity;
}

/** An evaluation that was better than all before it. */
export interface BestEvaluation {
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly top1: number;
}

/** Sums over the examples of an epoch so far. */
export interface EpochTotals {
  readonly examples: number;
  /** Sum of the losses of the examples. */
  readonly loss: number;
  /** Number of right answers. */
  readonly correct: number;
  /** Time spent. */
  readonly seconds: number;
}

/** The options of a training that decide its numbers. */
export interface TrainingIdentity {
  /** Name and size of the training set. */
  readonly dataset: string;
  readonly examples: number;
  /** Those of the training set, where it has any. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
  /** Only where the schedule looks ahead to the end. */
  readonly steps?: number;
}

/** A training, frozen between two steps. */
export interface Checkpoint {
  /** Parameters by name, `conv1.weight`, …, in the precision the backend computes in. */
  readonly parameters: TensorMap;
  /** What the optimizer keeps of each parameter, under the same name: see `optimizerSlots`. */
  readonly optimizerState: Readonly<Partial<Record<Slot, TensorMap>>>;
  readonly state: TrainingState;
}

/** Where checkpoints are kept. `save` is atomic: after a failure the previous checkpoint is still whole. */
export interface CheckpointStore {
  /** Writes the checkpoint and returns where it is, for people to read. Of those before it, that of `state.best` may be kept. Throws `CheckpointError`. */
  save(checkpoint: Checkpoint): Promise<string>;
  /** The newest whole checkpoint, or `undefined` when there is none. Throws `CheckpointError` when it is damaged. */
  latest(): Promise<Checkpoint | undefined>;
}
