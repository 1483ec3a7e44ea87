import { paperSgd, type Recipe, recipes, type TrainingRecipe } from "@alexnet/core";
import { unknownName } from "../program/suggest.js";

/** The recipe of this name. Throws `UsageError` with the nearest name when there is none. */
export function recipeNamed(name: string): Recipe {
  const recipe = recipes.find((candidate) => candidate.name === name);
  if (recipe) return recipe;
  throw unknownName(
    "recipe",
    name,
    recipes.map((candidate) => candidate.name),
  );
}

/**
 * How models are trained on the 750 images of the sample, on which the published recipes take too few steps to leave the
 * plateau a training begins on. Found by trial: AlexNet ends in some three minutes on two cores, with two thirds of the test
 * images right. LeNet's sigmoids take longer to get going, but its steps take no time.
 */
export const sampleRecipes: ReadonlyMap<string, TrainingRecipe> = new Map([
  [
    "alexnet-d2l",
    {
      epochs: 6,
      batchSize: 25,
      optimizer: { ...paperSgd, weightDecay: 0 },
      schedule: { kind: "constant", learningRate: 0.015 },
    },
  ],
  [
    "lenet5",
    {
      epochs: 80,
      batchSize: 64,
      optimizer: { ...paperSgd, weightDecay: 0 },
      schedule: { kind: "constant", learningRate: 0.05 },
    },
  ],
]);

/**
 * How weights that have been trained are trained on other pictures: a tenth of the rate that AlexNet begins with, for few epochs
 * (torchvision's and d2l's examples of fine-tuning).
 */
export const fineTuningRecipe: TrainingRecipe = {
  epochs: 10,
  batchSize: 32,
  optimizer: paperSgd,
  schedule: { kind: "constant", learningRate: 0.001 },
};
