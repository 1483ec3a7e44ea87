import type { Optimizer } from "../optimizer/optimizer.js";
import { paperSgd, plainSgd } from "../optimizer/sgd.js";
import type { Schedule } from "./schedule.js";

/**
 * How a model is trained, as options of `fit`:
 *
 * ```ts
 * fit({ model, backend, training, ...d2lAlexNetRecipe });
 * ```
 */
export interface TrainingRecipe {
  /** Passes over the training set. */
  readonly epochs: number;
  /** Images a step. */
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
}

/**
 * Krizhevsky, Sutskever and Hinton (2012), section 5. The learning rate was lowered by hand three times, when the
 * validation error stalled; here a plateau of 5 epochs decides.
 */
export const paperRecipe: TrainingRecipe = {
  epochs: 90,
  batchSize: 128,
  optimizer: paperSgd,
  schedule: { kind: "plateau", learningRate: 0.01, factor: 0.1, patience: 5, reductions: 3 },
};

/** torchvision's `references/classification`, whose batches of 32 ran on 8 GPUs at once. */
export const torchvisionRecipe: TrainingRecipe = {
  epochs: 90,
  batchSize: 256,
  optimizer: { convention: "pytorch", momentum: 0.9, weightDecay: 1e-4 },
  schedule: { kind: "step", learningRate: 0.01, factor: 0.1, every: 30 },
};

/** "Dive into Deep Learning", section 8.1. */
export const d2lAlexNetRecipe: TrainingRecipe = {
  epochs: 10,
  batchSize: 128,
  optimizer: plainSgd,
  schedule: { kind: "constant", learningRate: 0.01 },
};

/** "Dive into Deep Learning", section 7.6: sigmoids need a large learning rate. */
export const d2lLeNetRecipe: TrainingRecipe = {
  epochs: 10,
  batchSize: 256,
  optimizer: plainSgd,
  schedule: { kind: "constant", learningRate: 0.9 },
};
