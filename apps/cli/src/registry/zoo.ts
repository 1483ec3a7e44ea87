import {
  alexnet2012,
  alexnetCaffe,
  alexnetD2l,
  alexnetTorchvision,
  lenet5,
  type Model,
  type ModelOptions,
} from "@alexnet/core";
import { UsageError } from "../errors.js";
import { unknownName } from "../suggest.js";
import {
  d2lAlexNetRecipe,
  d2lLeNetRecipe,
  paperRecipe,
  sampleAlexNetRecipe,
  sampleLeNetRecipe,
  type TrainingRecipe,
  torchvisionRecipe,
} from "./recipes.js";

/** What a model can be told on the command line. */
export type ZooOptions = ModelOptions & { readonly towers?: 1 | 2 };

/** A model that can be chosen by name. */
export interface ZooEntry {
  readonly name: string;
  /** Where the architecture comes from, in a few words. */
  readonly source: string;
  /** Whether `towers` means anything to it. */
  readonly towers: boolean;
  readonly recipe: TrainingRecipe;
  /** How it is trained on the sample, which is too small for the recipe it was published with. */
  readonly sampleRecipe?: TrainingRecipe;
  create(options: ZooOptions): Model;
}

export const zoo: readonly ZooEntry[] = [
  {
    name: "alexnet-2012",
    source: "the 2012 paper",
    towers: true,
    recipe: paperRecipe,
    create: alexnet2012,
  },
  {
    name: "alexnet-caffe",
    source: "Caffe's bvlc_alexnet",
    towers: false,
    recipe: paperRecipe,
    create: alexnetCaffe,
  },
  {
    name: "alexnet-torchvision",
    source: "torchvision; 2014 paper",
    towers: false,
    recipe: torchvisionRecipe,
    create: alexnetTorchvision,
  },
  {
    name: "alexnet-d2l",
    source: "d2l.ai, section 8.1",
    towers: false,
    recipe: d2lAlexNetRecipe,
    sampleRecipe: sampleAlexNetRecipe,
    create: alexnetD2l,
  },
  {
    name: "lenet5",
    source: "d2l.ai, section 7.6",
    towers: false,
    recipe: d2lLeNetRecipe,
    sampleRecipe: sampleLeNetRecipe,
    create: lenet5,
  },
];

export const modelNames: readonly string[] = zoo.map(({ name }) => name);

/** The model of this name. Throws `UsageError` with the nearest name when there is none. */
export function zooEntry(name: string): ZooEntry {
  const entry = zoo.find((candidate) => candidate.name === name);
  if (!entry) throw unknownName("model", name, modelNames);
  return entry;
}

/** Makes the model. Throws `UsageError` for an option the model does not know, and core's errors for bad values. */
export function createModel(entry: ZooEntry, options: ZooOptions): Model {
  if (options.towers !== undefined && !entry.towers) {
    const those = zoo.filter(({ towers }) => towers).map(({ name }) => name);
    throw new UsageError(`${entry.name} has no towers to choose: --towers belongs to ${those.join(", ")}.`);
  }
  return entry.create(options);
}
