import { type Optimizer, paperSgd, plainSgd, type Schedule } from "@alexnet/core";

/** How a model is trained unless flags say otherwise. */
export interface TrainingRecipe {
  readonly epochs: number;
  readonly batchSize: number;
  readonly optimizer: Optimizer;
  readonly schedule: Schedule;
}

/** Section 5 of the 2012 paper; the rate was lowered by hand three times when the validation error stalled. */
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

/**
 * For the 750 images of the sample, on which the published recipes take too few steps to leave the plateau a training
 * begins on. Found by trial: on two cores it ends in about two minutes, with two thirds of the test images right.
 */
export const sampleAlexNetRecipe: TrainingRecipe = {
  epochs: 6,
  batchSize: 25,
  optimizer: { convention: "paper", momentum: 0.9, weightDecay: 0 },
  schedule: { kind: "constant", learningRate: 0.015 },
};

/** The same for LeNet, whose sigmoids take longer to get going but whose steps take no time. */
export const sampleLeNetRecipe: TrainingRecipe = {
  epochs: 80,
  batchSize: 64,
  optimizer: { convention: "paper", momentum: 0.9, weightDecay: 0 },
  schedule: { kind: "constant", learningRate: 0.05 },
};
