import type { Variation } from "../data/augmentation.js";
import type { Preprocessing } from "../data/preprocessing.js";
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

/** What is made of pictures before a model sees them, in trainings and in tests. */
export interface ImageRecipe {
  readonly preprocessing: Preprocessing;
  /** What is taken off the pixels, computed from the training set: its mean image, or its mean color. */
  readonly subtract?: "mean-image" | "mean-color";
  /** How the images of a training are varied, beside random parts of `preprocessing.cropFrom`. */
  readonly variation?: Variation;
  /** Standard deviation of the noise along the principal components of the training set's colors. */
  readonly colorNoise?: number;
  /** Looks at each image of a final test. */
  readonly views?: "ten-crop";
}

/** How biases learn, times what the weights' rate and decay are. */
export interface BiasMultipliers {
  readonly learningRate: number;
  readonly weightDecay: number;
}

/** Everything that a published training is made of. */
export interface Recipe {
  readonly name: string;
  /** Where it is written down. */
  readonly source: string;
  /** The model of the zoo that it was for, which has the initial weights. */
  readonly model: string;
  readonly training: TrainingRecipe;
  readonly images: ImageRecipe;
  /** Of biases, where that is not the model's own. */
  readonly biases?: BiasMultipliers;
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

/** models/bvlc_alexnet/solver.prototxt: 450,000 steps of 256 images, the rate divided by 10 every 100,000, which are 20 epochs of ILSVRC 2012. */
export const caffeRecipe: TrainingRecipe = {
  epochs: 90,
  batchSize: 256,
  optimizer: paperSgd,
  schedule: { kind: "step", learningRate: 0.01, factor: 0.1, every: 20 },
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
 * cuda-convnet2's weights for ILSVRC 2012 on one GPU (`epsW=dexp[base=0.01;tgtFactor=250;numSteps=4]`): the rate is divided by
 * 250^(1/3) after each quarter of the training. Its biases, at twice the rate, had a schedule of their own; here they have the weights'.
 */
export const cudaConvnetRecipe: TrainingRecipe = {
  epochs: 90,
  batchSize: 128,
  optimizer: paperSgd,
  schedule: { kind: "step", learningRate: 0.01, factor: 250 ** (-1 / 3), every: 22.5 },
};
