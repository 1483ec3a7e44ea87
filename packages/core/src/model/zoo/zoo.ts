import type { Model } from "../model.js";
import { alexnet2012, alexnet2012OneTower, type TowerOptions } from "./alexnet-2012.js";
import { alexnetCaffe } from "./alexnet-caffe.js";
import { alexnetD2l } from "./alexnet-d2l.js";
import { alexnetTorchvision } from "./alexnet-torchvision.js";
import { lenet5 } from "./lenet5.js";
import { MODEL_OPTIONS, type ModelOptions } from "./options.js";

/** Everything that some model of the zoo can be told. */
export type ZooOptions = ModelOptions & TowerOptions;

/** A published model. */
export interface ZooEntry {
  /** The name that the model has, and is chosen by. */
  readonly name: string;
  /** Where the architecture comes from, in a few words. */
  readonly source: string;
  /** The options that it takes. */
  readonly options: readonly (keyof ZooOptions)[];
  /** Name of the recipe (`recipes`) by which it was trained where it was published. */
  readonly recipe: string;
  /** Makes it. Throws `InvalidArgumentError` for an option that it does not take or that is out of range. */
  create(options?: ZooOptions): Model;
}

/** Every published model there is here, the 2012 paper's first. */
export const zoo: readonly ZooEntry[] = [
  {
    name: "alexnet-2012",
    source: "the 2012 paper",
    options: [...MODEL_OPTIONS, "towers"],
    recipe: "paper",
    create: alexnet2012,
  },
  {
    name: "alexnet-2012-1-tower",
    source: "the same in textbooks",
    options: MODEL_OPTIONS,
    recipe: "paper",
    create: alexnet2012OneTower,
  },
  {
    name: "alexnet-caffe",
    source: "Caffe's bvlc_alexnet",
    options: MODEL_OPTIONS,
    recipe: "caffe",
    create: alexnetCaffe,
  },
  {
    name: "alexnet-torchvision",
    source: "torchvision; 2014 paper",
    options: MODEL_OPTIONS,
    recipe: "torchvision",
    create: alexnetTorchvision,
  },
  {
    name: "alexnet-d2l",
    source: "d2l.ai, section 8.1",
    options: MODEL_OPTIONS,
    recipe: "d2l",
    create: alexnetD2l,
  },
  {
    name: "lenet5",
    source: "d2l.ai, section 7.6",
    options: MODEL_OPTIONS,
    recipe: "d2l-lenet",
    create: lenet5,
  },
];
