import {
  formatModel,
  type Model,
  type Preprocessing,
  parseModel,
  type TensorMap,
  type ZooOptions,
} from "@alexnet/core";
import { definitionKey, formatPreprocessing, parsePreprocessing, preprocessingKey } from "@alexnet/formats";
import type { RunConfig } from "./config.js";
import { version } from "./version.js";

/** What is known of weights beside their values. */
export interface WeightsInfo {
  readonly model?: { readonly name: string; readonly options: ZooOptions };
  /** The model itself, where the zoo does not have it. */
  readonly definition?: Model;
  readonly classNames?: readonly string[];
  /** How pictures are to be prepared for them. */
  readonly preprocessing?: Preprocessing;
  /** Name of the dataset they were trained on. */
  readonly dataset?: string;
  /** How far the training was. */
  readonly step?: number;
  readonly epoch?: number;
}

/** What weights are by their names and shapes. */
export interface WeightsGuess {
  /** Whose names they had: `torchvision`. */
  readonly family?: string;
  /** Models of the zoo that they fit: several where these differ in what has no parameters. */
  readonly models: readonly string[];
  /** What comes nearest, when nothing fits, and what is not there of it. */
  readonly nearest?: { readonly family: string; readonly model: string; readonly missing: readonly string[] };
}

/** Weights and where they came from. */
export interface LoadedWeights {
  readonly parameters: TensorMap;
  /** Tensors of the file that no parameter can be, and their types. */
  readonly skipped?: Readonly<Record<string, string>>;
  readonly info: WeightsInfo;
  /** What the file was told to be by its names and shapes, for one that does not say it itself. */
  readonly guess?: WeightsGuess;
  /** The file or folder they were in. */
  readonly location: string;
  /** The settings of the training, when they came from a run folder. */
  readonly config?: RunConfig;
}

/** How the datasets here give their images. */
export const datasetPreprocessing: Preprocessing = { resizeMode: "stretch", range: 1 };

/** The free text of the weights of a training; safetensors takes nothing but strings. */
export function weightsMetadata(
  config: RunConfig,
  { step, epoch }: { readonly step: number; readonly epoch: number },
): Readonly<Record<string, string>> {
  return metadataOf({ ...infoOf(config), step, epoch });
}

/** What the settings of a training say of its weights. */
export function infoOf({ model, dataset }: RunConfig): WeightsInfo {
  const { definition, ...named } = model;
  return {
    model: named,
    ...(definition && { definition: parseModel(definition) }),
    classNames: dataset.classNames,
    dataset: dataset.name,
    preprocessing: dataset.preprocessing ?? datasetPreprocessing,
  };
}

/** The free text that says of weights what is known of them: what `weightsInfo` reads. */
export function metadataOf(info: WeightsInfo): Readonly<Record<string, string>> {
  const { model, definition, classNames, preprocessing, dataset, step, epoch } = info;
  return {
    producer: `alexnet ${version}`,
    ...(model && { model: model.name, options: JSON.stringify(model.options) }),
    ...(definition && { [definitionKey]: formatModel(definition) }),
    ...(classNames && { classes: JSON.stringify(classNames) }),
    ...(dataset !== undefined && { dataset }),
    ...(preprocessing && { [preprocessingKey]: formatPreprocessing(preprocessing) }),
    ...(step !== undefined && { step: String(step) }),
    ...(epoch !== undefined && { epoch: String(epoch) }),
  };
}

/** What the free text of a weights file says; files of other programs say nothing of this. */
export function weightsInfo(metadata: Readonly<Record<string, string>>): WeightsInfo {
  const { model, dataset, step, epoch } = metadata;
  const options = parsed(metadata.options);
  const definition = metadata[definitionKey] === undefined ? undefined : parseModel(metadata[definitionKey]);
  const classes = parsed(metadata.classes);
  const preprocessing = parsePreprocessing(metadata[preprocessingKey]);
  return {
    ...(model !== undefined && { model: { name: model, options: options ?? {} } }),
    ...(definition && { definition }),
    ...(Array.isArray(classes) && { classNames: classes.map(String) }),
    ...(dataset !== undefined && { dataset }),
    ...(preprocessing && { preprocessing }),
    ...(step !== undefined && Number.isFinite(Number(step)) && { step: Number(step) }),
    ...(epoch !== undefined && Number.isFinite(Number(epoch)) && { epoch: Number(epoch) }),
  };
}

function parsed(text: string | undefined): object | undefined {
  try {
    const value: unknown = text === undefined ? undefined : JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
