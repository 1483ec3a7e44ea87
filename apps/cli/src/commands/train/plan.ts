import type { ImageRecipe, Model, Preprocessing, Recipe, TensorMap, TrainingRecipe, ZooOptions } from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import type { Division } from "@alexnet/data";
import { type ChosenDataset, chooseDataset } from "../../choices/datasets.js";
import { imagesWithFlags, scaledImages } from "../../choices/image-recipe.js";
import { modelOptions } from "../../choices/model-options.js";
import { fineTuningRecipe, recipeNamed, sampleRecipes } from "../../choices/recipes.js";
import { createModel, zooEntry } from "../../choices/zoo.js";
import { UsageError } from "../../program/errors.js";
import type { TrainingFlags } from "./flags.js";
import { withFlags } from "./recipe.js";

/** Weights that a training starts from, and the model that they are of. */
export interface Start {
  readonly model: Model;
  readonly parameters: TensorMap;
  readonly preprocessing?: Preprocessing;
}

/** What flags say of a new training, before anything is opened. */
export interface TrainingPlan {
  /** Name of the model. */
  readonly name: string;
  readonly chosen: ChosenDataset;
  /** How images of one's own are divided, where that was said. */
  readonly division?: Division;
  readonly recipe: TrainingRecipe;
  /** The published recipe that what was not said comes from. */
  readonly published?: Recipe;
  /** Whether that recipe was asked for. */
  readonly isAsked: boolean;
  /** Whether what was not said comes from a recipe for the sample. */
  readonly isSampleRecipe: boolean;
  /** What is made of pictures, and of images that are small as they are. */
  readonly images: { readonly pictures: ImageRecipe; readonly small: ImageRecipe };
  readonly seed: number;
  /** Height and width of the model's images, and their channels where that was said. */
  readonly inputSize: number;
  readonly channels?: number;
  /** What was said of the model. */
  readonly options: ZooOptions;
}

/** Reads the flags of a new training, before anything takes time. Throws `UsageError` for those that make no sense together. */
export function planTraining(modelName: string, flags: TrainingFlags, start: Start | undefined): TrainingPlan {
  const entry = start ? undefined : zooEntry(modelName);
  const chosen = chooseDataset(flags.dataset ?? "sample", flags.dataDir);
  const asked = flags.recipe === undefined ? undefined : recipeNamed(flags.recipe);
  const published = asked ?? (entry && recipeNamed(entry.recipe));
  const sample = entry && !asked && chosen.entry.name === "sample" ? sampleRecipes.get(entry.name) : undefined;
  const options = modelOptions(flags);
  const [channels, inputSize] = start ? start.model.inputShape : createModel(zooEntry(modelName), options).inputShape;
  const [, usualSize] = start ? start.model.inputShape : createModel(zooEntry(modelName), {}).inputShape;
  const small: ImageRecipe = { preprocessing: start?.preprocessing ?? {} };
  const pictures = asked || !start ? scaledImages(published?.images ?? small, inputSize / usualSize) : small;
  return {
    name: start?.model.name ?? modelName,
    chosen,
    recipe: withFlags(sample ?? published?.training ?? fineTuningRecipe, flags),
    isAsked: asked !== undefined,
    isSampleRecipe: sample !== undefined,
    // What is made of photographs would make little of images of a few pixels, unless it is asked for.
    images: { pictures: imagesWithFlags(pictures, flags), small: imagesWithFlags(asked ? pictures : small, flags) },
    seed: flags.seed ?? 0,
    inputSize,
    options,
    ...defined({ published, division: divisionOf(flags, chosen), channels: start ? channels : options.channels }),
  };
}

function divisionOf(flags: TrainingFlags, { entry }: ChosenDataset): Division | undefined {
  const division = defined({ testShare: flags.testShare, splitSeed: flags.splitSeed });
  if (Object.keys(division).length === 0) return undefined;
  if (entry.files === "own") return division;
  throw new UsageError(`--test-share and --split-seed are for images of your own; ${entry.name} is divided already.`);
}
