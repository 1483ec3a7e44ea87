import { resolve } from "node:path";
import type { Backend, Checkpoint, Model, ZooOptions } from "@alexnet/core";
import { UsageError } from "../errors.js";
import { modelOptions } from "../model/options.js";
import { datasetEntry } from "../registry/datasets.js";
import { sampleRecipes } from "../registry/recipes.js";
import { createModel, zooEntry } from "../registry/zoo.js";
import { type BackendConfig, lastBackend, type RunConfig } from "../run-folder/config.js";
import { checkRunFolder, giveBackRunFolder, takeRunFolder } from "../run-folder/create.js";
import type { Terminal } from "../terminal.js";
import { plural } from "../text/format.js";
import { version } from "../version.js";
import { openData } from "./data.js";
import { describeDifferences } from "./differences.js";
import type { TrainingFlags } from "./flags.js";
import { fittingBatch, withFlags } from "./recipe.js";
import type { Session } from "./session.js";

/** A session whose datasets are open, and the way to close them. The backend is its opener's to dispose. */
export interface PreparedSession extends Session {
  /** Whether what was not given came from a recipe for the sample and not from the published one. */
  readonly sampleRecipe?: boolean;
  dispose(): Promise<void>;
}

/** Turns flags into a new training: opens the data, fits the model to them and settles the recipe. */
export async function prepareTraining(
  modelName: string,
  flags: TrainingFlags,
  options: {
    readonly terminal: Terminal;
    readonly openBackend: () => Promise<Backend>;
    /** Where to train when the flags do not say. */
    readonly directory?: string;
  },
): Promise<PreparedSession> {
  const entry = zooEntry(modelName);
  const dataset = datasetEntry(flags.dataset ?? "sample");
  // Before anything takes time: a mistake in the flags should show at once.
  const sampleRecipe = dataset.name === "sample" ? sampleRecipes.get(entry.name) : undefined;
  const recipe = withFlags(sampleRecipe ?? entry.recipe, flags);
  const given = modelOptions(flags);
  const inputSize = given.inputSize ?? createModel(entry, given).inputShape[1];
  const wanted = flags.runDir ?? options.directory;
  const directory = wanted ?? (await takeRunFolder(`${entry.name}-${dataset.name}`, new Date()));
  await checkRunFolder(directory);

  const dataConfig = {
    name: dataset.name,
    ...(flags.dataDir !== undefined && { directory: resolve(flags.dataDir) }),
    ...(flags.limitTrain !== undefined && { limitTrain: flags.limitTrain }),
    ...(flags.limitTest !== undefined && { limitTest: flags.limitTest }),
  };
  let data: Awaited<ReturnType<typeof openData>> | undefined;
  const dispose = async (): Promise<void> => {
    await data?.dispose();
    if (wanted === undefined) await giveBackRunFolder(directory);
  };
  try {
    data = await openData(dataConfig, { inputSize, ...given }, flags, options.terminal);
    const [channels] = data.training.imageShape;
    const classes = data.training.classNames.length;
    if (given.classes !== undefined && given.classes !== classes) {
      throw new UsageError(`--classes is ${given.classes}, but ${dataset.name} has ${classes}. Leave it out.`);
    }
    const modelConfig: ZooOptions = {
      classes,
      channels: channels as number,
      ...given,
      inputSize,
    };
    const model = createModel(entry, modelConfig);
    const backend = await options.openBackend();
    const examples = data.training.length;
    let { batchSize } = recipe;
    if (flags.batchSize === undefined && batchSize > examples) {
      batchSize = fittingBatch(examples);
      options.terminal.note(
        `The training set has ${plural(examples, "image")}, fewer than a usual batch of ${entry.name} ` +
          `(${recipe.batchSize}): training with batches of ${batchSize}.`,
      );
    }
    return {
      directory,
      sampleRecipe: sampleRecipe !== undefined,
      model,
      ...data,
      dispose,
      backend,
      config: {
        versions: { alexnet: version, node: process.version, platform: `${process.platform}-${process.arch}` },
        startedAt: new Date().toISOString(),
        arguments: process.argv.slice(2),
        model: { name: entry.name, options: modelConfig },
        dataset: {
          ...dataConfig,
          training: examples,
          test: data.test.length,
          classNames: data.training.classNames,
        },
        training: {
          ...recipe,
          batchSize,
          seed: flags.seed ?? 0,
          ...(flags.earlyStop !== undefined && {
            earlyStop: { patience: flags.earlyStop, ...(flags.monitor && { monitor: flags.monitor }) },
          }),
        },
        backend: backendConfig(flags, backend),
      },
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

/** Opens what a run folder's training needs to go on: the same model and data, and whatever backend is asked for. */
export async function prepareResumed(
  directory: string,
  config: RunConfig,
  checkpoint: Checkpoint,
  flags: TrainingFlags,
  options: { readonly terminal: Terminal; readonly openBackend: () => Promise<Backend> },
): Promise<PreparedSession> {
  const model: Model = createModel(zooEntry(config.model.name), config.model.options);
  const dataset = { ...config.dataset, ...(flags.dataDir !== undefined && { directory: resolve(flags.dataDir) }) };
  const given = { inputSize: model.inputShape[1], channels: model.inputShape[0] };
  const data = await openData(dataset, given, flags, options.terminal);
  try {
    const backend = await options.openBackend();
    const differences = describeDifferences(lastBackend(config).info, backend.info);
    if (differences !== undefined) options.terminal.note(differences);
    const epochs = flags.epochs ?? config.training.epochs;
    const asked = backendConfig(flags, backend);
    const resumed = { at: new Date().toISOString(), step: checkpoint.state.step, epochs, backend: asked };
    return {
      directory,
      model,
      ...data,
      backend,
      resume: checkpoint,
      config: {
        ...config,
        dataset,
        training: { ...config.training, epochs },
        resumed: [...(config.resumed ?? []), resumed],
      },
    };
  } catch (error) {
    await data.dispose();
    throw error;
  }
}

function backendConfig(flags: Pick<TrainingFlags, "backend" | "threads">, { info }: Backend): BackendConfig {
  const { operations: _, ...rest } = info;
  return { asked: flags.backend ?? "auto", ...(flags.threads !== undefined && { threads: flags.threads }), info: rest };
}
