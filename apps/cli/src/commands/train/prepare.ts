import { resolve } from "node:path";
import {
  type Backend,
  type Model,
  type Preprocessing,
  parseModel,
  type TensorMap,
  transferred,
  withClasses,
  withLearningRates,
  type ZooOptions,
} from "@alexnet/core";
import {
  type BackendChoice,
  backendDifferences,
  type DatasetChoice,
  giveBackRunFolder,
  type Run,
  resumeRun,
  type TrainingConfig,
  takeRunFolder,
  trainRun,
} from "@alexnet/runs";
import { datasetEntry } from "../../choices/datasets.js";
import { modelOptions } from "../../choices/model-options.js";
import { fineTuningRecipe, sampleRecipes } from "../../choices/recipes.js";
import { createModel, zooEntry } from "../../choices/zoo.js";
import { UsageError } from "../../program/errors.js";
import type { Terminal } from "../../program/terminal.js";
import { plural } from "../../text/format.js";
import { openData } from "./data.js";
import { describeDifferences } from "./differences.js";
import type { TrainingFlags } from "./flags.js";
import { fittingBatch, withFlags } from "./recipe.js";
import { checkFreeFolder } from "./run-folder.js";
import type { Session } from "./session.js";

/** A session whose datasets are open, and the way to close them. The backend is its opener's to dispose. */
export interface PreparedSession extends Session {
  /** Whether what was not given came from a recipe for the sample and not from the published one. */
  readonly sampleRecipe?: boolean;
  dispose(): Promise<void>;
}

/** Weights that a training starts from, and the model that they are of. */
export interface Start {
  readonly model: Model;
  readonly parameters: TensorMap;
  readonly preprocessing?: Preprocessing;
}

/** Turns flags into a new training: opens the data, fits the model to them and settles the recipe. */
export async function prepareTraining(
  modelName: string,
  flags: TrainingFlags,
  options: {
    readonly terminal: Terminal;
    readonly openBackend: () => Promise<Backend>;
    /** What to start from. */
    readonly start?: Start;
    /** Where to train when the flags do not say. */
    readonly directory?: string;
  },
): Promise<PreparedSession> {
  const { start } = options;
  const entry = start ? undefined : zooEntry(modelName);
  const name = start?.model.name ?? modelName;
  const dataset = datasetEntry(flags.dataset ?? "sample");
  // Before anything takes time: a mistake in the flags should show at once.
  const sampleRecipe = entry && dataset.name === "sample" ? sampleRecipes.get(entry.name) : undefined;
  const recipe = withFlags(sampleRecipe ?? entry?.recipe ?? fineTuningRecipe, flags);
  const given = modelOptions(flags);
  const [startChannels, inputSize] = start?.model.inputShape ?? createModel(zooEntry(modelName), given).inputShape;
  const wanted = flags.runDir ?? options.directory;
  const directory = wanted ?? (await takeRunFolder("runs", `${name}-${dataset.name}`));
  await checkFreeFolder(directory);

  const choice: DatasetChoice = {
    name: dataset.name,
    ...(flags.dataDir !== undefined && { directory: resolve(flags.dataDir) }),
    ...(flags.limitTrain !== undefined && { limitTrain: flags.limitTrain }),
    ...(flags.limitTest !== undefined && { limitTest: flags.limitTest }),
    ...(start?.preprocessing && { preprocessing: start.preprocessing }),
  };
  let data: Awaited<ReturnType<typeof openData>> | undefined;
  const dispose = async (): Promise<void> => {
    await data?.dispose();
    if (wanted === undefined) await giveBackRunFolder(directory);
  };
  try {
    const channelsOfStart = start && { channels: startChannels };
    data = await openData(choice, { ...given, inputSize, ...channelsOfStart }, flags, options.terminal);
    const { training, test } = data;
    const [channels] = training.imageShape;
    const classes = training.classNames.length;
    if (given.classes !== undefined && given.classes !== classes) {
      throw new UsageError(`--classes is ${given.classes}, but ${dataset.name} has ${classes}. Leave it out.`);
    }
    const zooOptions: ZooOptions = { classes, channels: channels!, ...given, inputSize };
    const whole = start ? withClasses(start.model, classes) : createModel(zooEntry(modelName), zooOptions);
    const model = withLearningRates(whole, {
      ...flags.lrMultiplier,
      ...Object.fromEntries((flags.freeze ?? []).map((layers) => [layers, 0])),
    });
    const seed = flags.seed ?? 0;
    const parameters = start && transferred(model, start.parameters, seed);
    const backend = await options.openBackend();
    let { batchSize } = recipe;
    if (flags.batchSize === undefined && batchSize > training.length) {
      batchSize = fittingBatch(training.length);
      options.terminal.note(
        `The training set has ${plural(training.length, "image")}, fewer than a usual batch of ${name} ` +
          `(${recipe.batchSize}): training with batches of ${batchSize}.`,
      );
    }
    const settled: TrainingConfig = {
      ...recipe,
      batchSize,
      seed,
      ...(flags.earlyStop !== undefined && {
        earlyStop: { patience: flags.earlyStop, ...(flags.monitor && { monitor: flags.monitor }) },
      }),
    };
    const notes = { arguments: process.argv.slice(2), dataset: choice, backend: backendChoice(flags) };
    return {
      directory,
      sampleRecipe: sampleRecipe !== undefined,
      model,
      recipe: settled,
      dataset: dataset.name,
      training,
      test,
      backend,
      events: (signal) =>
        trainRun(directory, {
          ...{ model, backend, training, validation: test, ...settled, signal, notes },
          ...(parameters && { parameters }),
          ...(flags.evaluateEvery !== undefined && { evaluateEvery: flags.evaluateEvery }),
          ...keeping(flags),
        }),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Opens what a run folder's training needs to go on: the same data, and whatever backend is asked for. */
export async function prepareResumed(
  run: Run,
  flags: TrainingFlags,
  options: { readonly terminal: Terminal; readonly openBackend: () => Promise<Backend> },
): Promise<PreparedSession> {
  const { config, directory } = run;
  const { definition, name, options: zooOptions } = config.model;
  const model = definition ? parseModel(definition) : createModel(zooEntry(name), zooOptions);
  const dataset = { ...config.dataset, ...(flags.dataDir !== undefined && { directory: resolve(flags.dataDir) }) };
  const given = { inputSize: model.inputShape[1], channels: model.inputShape[0] };
  const { training, test, dispose } = await openData(dataset, given, flags, options.terminal);
  try {
    const backend = await options.openBackend();
    const differences = describeDifferences(backendDifferences(config, backend.info));
    if (differences !== undefined) options.terminal.note(differences);
    const { epochs = config.training.epochs } = flags;
    const notes = { dataset, backend: backendChoice(flags) };
    return {
      directory,
      model,
      recipe: { ...config.training, epochs },
      dataset: dataset.name,
      training,
      test,
      backend,
      run,
      events: (signal) =>
        resumeRun(run, { backend, training, validation: test, epochs, signal, notes, ...keeping(flags) }),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** How often checkpoints are written, how many stay and after how many steps it is enough, where that was said. */
function keeping({ checkpointEvery, keep, maxSteps }: TrainingFlags) {
  return {
    ...(maxSteps !== undefined && { maxSteps }),
    ...(checkpointEvery && { checkpointEvery }),
    ...(keep !== undefined && { keepCheckpoints: keep }),
  };
}

function backendChoice(flags: Pick<TrainingFlags, "backend" | "threads">): BackendChoice {
  return { asked: flags.backend ?? "auto", ...(flags.threads !== undefined && { threads: flags.threads }) };
}
