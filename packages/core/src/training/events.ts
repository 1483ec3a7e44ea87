import type { BackendInfo } from "../backend/backend.js";
import type { Evaluation } from "../inference/evaluation.js";
import type { Checkpoint } from "./checkpoint.js";
import type { WeightChange } from "./weights.js";

/** What happens during a training, in order. Steps and epochs count from 1. */
export type TrainingEvent =
  | StartEvent
  | StepEvent
  | WeightsEvent
  | LearningRateEvent
  | EpochEvent
  | EvaluationEvent
  | CheckpointEvent
  | EndEvent;

/** The training is about to take its first step. */
export interface StartEvent {
  readonly type: "start";
  readonly model: string;
  readonly backend: BackendInfo;
  /** Steps already done by the checkpoint it goes on from; 0 for a new training. */
  readonly step: number;
  /** Steps of the whole training. */
  readonly steps: number;
  readonly stepsPerEpoch: number;
  readonly epochs: number;
  readonly batchSize: number;
  /** Ranks it is divided among, where there are several. */
  readonly ranks?: number;
}

/** A step is done. */
export interface StepEvent {
  readonly type: "step";
  readonly step: number;
  readonly epoch: number;
  /** Mean loss of the batch before the update. */
  readonly loss: number;
  /** Share of the batch answered right before the update, with dropout. */
  readonly accuracy: number;
  readonly examples: number;
  readonly learningRate: number;
  /** Wall time of the step; steps handed over together share theirs evenly. */
  readonly seconds: number;
  /** Seconds of these in which the ranks of a job exchanged what they had come to, or waited for each other. */
  readonly exchangeSeconds?: number;
}

/** How large the weights are, and how much the step just told of changed them; only where `weightsEvery` asks for it. */
export interface WeightsEvent {
  readonly type: "weights";
  readonly step: number;
  readonly epoch: number;
  /** Of each parameter that is trained: `conv1.weight`, … */
  readonly parameters: Readonly<Record<string, WeightChange>>;
}

/** The learning rate of the next step differs from the last one's because a reduction is due. */
export interface LearningRateEvent {
  readonly type: "learningRate";
  readonly step: number;
  readonly epoch: number;
  readonly previous: number;
  readonly learningRate: number;
}

/** An epoch is done; loss and accuracy are means over its examples as they went by. */
export interface EpochEvent {
  readonly type: "epoch";
  readonly step: number;
  readonly epoch: number;
  readonly loss: number;
  readonly accuracy: number;
  readonly examples: number;
  readonly seconds: number;
}

/** The validation set was evaluated. */
export interface EvaluationEvent {
  readonly type: "evaluation";
  readonly step: number;
  readonly epoch: number;
  readonly evaluation: Evaluation;
}

/** A checkpoint was written. */
export interface CheckpointEvent {
  readonly type: "checkpoint";
  readonly step: number;
  readonly epoch: number;
  readonly location: string;
  /** Whether it was written because the training ends here, and not because one was due: a training that is not stopped has none. */
  readonly atEnd?: true;
}

/** The training is over. */
export interface EndEvent {
  readonly type: "end";
  /** All epochs are done, evaluations got no better, `maxSteps` or `maxSeconds` was reached before, or the signal was aborted. */
  readonly reason: "completed" | "earlyStop" | "limit" | "aborted";
  readonly step: number;
  readonly epoch: number;
  /** The weights it ended with, and all it takes to go on. */
  readonly checkpoint: Checkpoint;
}
