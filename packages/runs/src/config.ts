import {
  type Augmentation,
  type BackendInfo,
  type CheckpointInterval,
  type EarlyStop,
  type Model,
  optimizerFault,
  type Preprocessing,
  type TrainingRecipe,
  type ZooOptions,
} from "@alexnet/core";
import type { Division } from "@alexnet/core/distributed";
import { messageOf } from "@alexnet/core/support";
import { formatPreprocessing, parsePreprocessing } from "@alexnet/formats";
import { RunFolderError } from "./errors.js";
import { readIfThere, writeWhole } from "./files.js";
import { configSchema, faultOf } from "./schemas.js";

/** Version of `config.json`; a reader refuses any other. */
const formatVersion = 1;

/** Everything it takes to repeat a training. */
export interface RunConfig {
  /** Versions of what it ran on. */
  readonly versions: { readonly alexnet: string; readonly node: string; readonly platform: string };
  /** When it began, ISO 8601. */
  readonly startedAt: string;
  /** The words of the command line, where there was one. */
  readonly arguments?: readonly string[];
  /** Name of the recipe that it follows, but for what was told otherwise. */
  readonly recipe?: string;
  readonly model: ModelConfig;
  readonly dataset: DatasetConfig;
  readonly training: TrainingConfig;
  readonly backend: BackendConfig;
  /** How it is divided among ranks, where there are several. */
  readonly job?: JobConfig;
  /** Whether event files for TensorBoard are written. */
  readonly tensorboard?: boolean;
  /** Each time it went on after an end or an interruption. */
  readonly resumed?: readonly ResumedConfig[];
}

/** A model of the zoo by its name and the options that make it. */
export interface ModelConfig {
  readonly name: string;
  readonly options: ZooOptions;
  /** The model itself, where the zoo does not make just this: other layers, or other multipliers of the learning rate (frozen). */
  readonly definition?: ModelDefinition;
}

/** What `parseModel` makes a model of. */
export type ModelDefinition = Pick<Model, "name" | "inputShape" | "layers">;

/** How the model is trained. */
export interface TrainingConfig extends TrainingRecipe {
  readonly seed: number;
  readonly earlyStop?: EarlyStop;
  /** How often checkpoints are written, where that was told; a number is one of epochs. */
  readonly checkpointEvery?: number | CheckpointInterval;
  /** How often it is told how large weights are and how they change, where that was asked for. */
  readonly weightsEvery?: Pick<CheckpointInterval, "epochs" | "steps">;
  /** Epochs between evaluations, where that is not 1. */
  readonly evaluateEvery?: number;
  /** Whether it starts from weights that it was given, and not from those that the seed draws. */
  readonly given?: true;
}

/** What the model is trained on. */
export interface DatasetConfig extends DatasetChoice {
  /** How many images that came to. */
  readonly training: number;
  /** 0 where nothing is evaluated. */
  readonly test: number;
  readonly classNames: readonly string[];
}

/** How a dataset is found again. */
export interface DatasetChoice {
  /** The name it is chosen by. */
  readonly name: string;
  readonly directory?: string;
  readonly limitTrain?: number;
  readonly limitTest?: number;
  /** How its images are prepared, where that is not as the datasets here are. */
  readonly preprocessing?: Preprocessing;
  /** How those of the training set are varied, where they are. */
  readonly augmentation?: Augmentation;
  /** So many pictures that cannot be read may be left out, where that was told, and a picture has at most so many pixels. */
  readonly mostBad?: number;
  readonly mostPixels?: number;
  /** Tells the pictures to test with from others of the same name, where they are pictures. */
  readonly testPictures?: string;
  /** How images in one place are divided into those to train on and those to test with. */
  readonly division?: { readonly testShare?: number; readonly splitSeed?: number };
}

/** How a backend is found again. */
export interface BackendChoice {
  /** What was asked for; `info.name` is what it came to. */
  readonly asked: string;
  readonly threads?: number;
}

/** What a training was computed with. */
export interface BackendConfig extends BackendChoice {
  readonly info: Omit<BackendInfo, "operations">;
}

/** The ranks that a training is divided among. */
export interface JobConfig {
  readonly ranks: number;
  readonly division: Division;
}

/** A time that a training went on. */
export interface ResumedConfig {
  readonly at: string;
  readonly step: number;
  readonly epochs: number;
  readonly backend: BackendConfig;
  readonly job?: JobConfig;
}

/** What a run was computed with last; another backend would round differently. */
export function lastBackend({ backend, resumed }: RunConfig): BackendConfig {
  return resumed?.at(-1)?.backend ?? backend;
}

/** How a run was divided among ranks when it last was; `undefined` where it never was. */
export function lastDivision({ job, resumed = [] }: RunConfig): Division | undefined {
  return (resumed.findLast((time) => time.job)?.job ?? job)?.division;
}

export async function writeConfig(path: string, config: RunConfig): Promise<void> {
  const { preprocessing, ...dataset } = config.dataset;
  // A mean image is no JSON: it is written as files of weights have it.
  const written = preprocessing && { preprocessing: JSON.parse(formatPreprocessing(preprocessing)) };
  const fields = { formatVersion, ...config, dataset: { ...dataset, ...written } };
  await writeWhole(path, `${JSON.stringify(fields, undefined, 2)}\n`);
}

/** Reads `config.json`. Throws `RunFolderError` when it is missing, damaged or of another version. */
export async function readConfig(path: string): Promise<RunConfig> {
  const text = await readIfThere(path);
  if (text === undefined) throw new RunFolderError(`${path} is not there, so this is not the folder of a run.`);
  let fields: Record<string, unknown>;
  try {
    fields = JSON.parse(text);
  } catch (cause) {
    throw new RunFolderError(`${path} is damaged: it is not JSON (${messageOf(cause)}).`, { cause });
  }
  const { formatVersion: version, ...config } = fields ?? {};
  if (version !== formatVersion) {
    throw new RunFolderError(
      `${path} is of format version ${JSON.stringify(version)}, and this release reads version ${formatVersion}.`,
    );
  }
  const fault = faultOf(configSchema, config);
  if (fault !== undefined) throw new RunFolderError(`${path} is damaged: ${fault}.`);
  // It has what the schema asks for.
  const read = config as unknown as RunConfig;
  const optimizer = optimizerFault(read.training.optimizer);
  if (optimizer !== undefined) {
    throw new RunFolderError(`${path} is damaged: "training.optimizer" makes no sense: ${optimizer}.`);
  }
  const preprocessing = parsePreprocessing(JSON.stringify(read.dataset.preprocessing));
  return preprocessing ? { ...read, dataset: { ...read.dataset, preprocessing } } : read;
}
