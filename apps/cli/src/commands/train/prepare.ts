import {
  type Backend,
  type Dataset,
  type Model,
  transferred,
  withBiases,
  withClasses,
  withLearningRates,
} from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import { type DatasetChoice, giveBackRunFolder, type TrainingConfig, takeRunFolder, trainRun } from "@alexnet/runs";
import { limitsOf } from "../../choices/open-split.js";
import type { Ranks } from "../../choices/ranks.js";
import { createModel, zooEntry } from "../../choices/zoo.js";
import { UsageError } from "../../program/errors.js";
import type { Terminal } from "../../program/terminal.js";
import { plural } from "../../text/format.js";
import { openData, type TrainingData } from "./data.js";
import type { TrainingFlags } from "./flags.js";
import { settledForm } from "./image-form.js";
import { backendChoice, keeping, together } from "./keeping.js";
import { planTraining, type Start, type TrainingPlan } from "./plan.js";
import { fittingBatch } from "./recipe.js";
import { checkFreeFolder } from "./run-folder.js";
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
    /** What to start from. */
    readonly start?: Start;
    /** Where to train when the flags do not say. */
    readonly directory?: string;
    /** Those who train together; this process alone unless told otherwise. */
    readonly ranks?: Ranks;
  },
): Promise<PreparedSession> {
  const { start, terminal, ranks } = options;
  const plan = planTraining(modelName, flags, start);
  const { chosen, seed } = plan;
  const wanted = flags.runDir ?? options.directory;
  // One writes.
  const leads = ranks?.leads ?? true;
  const directory = leads ? (wanted ?? (await takeRunFolder("runs", `${plan.name}-${chosen.title}`))) : "";
  if (leads) await checkFreeFolder(directory);
  let data: TrainingData | undefined;
  const dispose = async (): Promise<void> => {
    await data?.dispose();
    if (leads && wanted === undefined) await giveBackRunFolder(directory);
  };
  try {
    data = await openPlanned(plan, flags, terminal);
    const { training, test, leftOut } = data;
    const model = modelFor(training, plan, flags, start);
    const parameters = start && transferred(model, start.parameters, seed);
    const backend = await options.openBackend();
    const recipe = settled(training, plan, flags, terminal);
    const notes = {
      arguments: process.argv.slice(2),
      dataset: datasetChoice(plan, flags, data),
      backend: backendChoice(flags),
      ...(plan.isAsked && defined({ recipe: plan.published?.name })),
    };
    const { evaluateEvery } = flags;
    return {
      directory,
      sampleRecipe: plan.isSampleRecipe,
      model,
      recipe,
      dataset: chosen.title,
      training,
      test,
      example: data.example,
      leftOut,
      backend,
      ...(ranks && { ranks }),
      events: (signal) =>
        trainRun(directory, {
          ...{ model, backend, training, validation: test, ...recipe, signal, notes },
          weightsEvery: { epochs: 1 },
          ...defined({ parameters, evaluateEvery, ...together(ranks) }),
          ...keeping(flags),
        }),
      dispose,
    };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function openPlanned(plan: TrainingPlan, flags: TrainingFlags, terminal: Terminal): Promise<TrainingData> {
  const { chosen, inputSize, channels, division, images, seed } = plan;
  const { limitTrain, limitTest, download, mirror } = flags;
  const form = { inputSize, ...limitsOf(flags), ...defined({ channels }) };
  return openData(
    chosen,
    {
      ...form,
      ...defined({ division, limitTrain, limitTest, download, mirror }),
      form: (source) =>
        settledForm("storage" in source ? images.pictures : images.small, source, { ...form, seed }, terminal),
    },
    terminal,
  );
}

/** The model that fits the data, with the rates its layers are to learn at. */
function modelFor(training: Dataset, plan: TrainingPlan, flags: TrainingFlags, start: Start | undefined): Model {
  const { name, chosen, published, options, inputSize } = plan;
  const [channels = 1] = training.imageShape;
  const classes = training.classNames.length;
  if (options.classes !== undefined && options.classes !== classes) {
    throw new UsageError(`--classes is ${options.classes}, but ${chosen.title} has ${classes}. Leave it out.`);
  }
  const made = start
    ? withClasses(start.model, classes)
    : createModel(zooEntry(name), { classes, channels, ...options, inputSize });
  return withLearningRates(published?.biases ? withBiases(made, published.biases) : made, {
    ...flags.lrMultiplier,
    ...Object.fromEntries((flags.freeze ?? []).map((layers) => [layers, 0])),
  });
}

/** The recipe with a batch that the training set fills, and everything else that decides the training. */
function settled(
  training: Dataset,
  { name, recipe, seed }: TrainingPlan,
  { batchSize: wanted, earlyStop, monitor }: TrainingFlags,
  terminal: Terminal,
): TrainingConfig {
  const isTooLarge = wanted === undefined && recipe.batchSize > training.length;
  const batchSize = isTooLarge ? fittingBatch(training.length) : recipe.batchSize;
  if (isTooLarge) {
    terminal.note(
      `The training set has ${plural(training.length, "image")}, fewer than a usual batch of ${name} ` +
        `(${recipe.batchSize}): training with batches of ${batchSize}.`,
    );
  }
  return {
    ...recipe,
    batchSize,
    seed,
    ...(earlyStop !== undefined && { earlyStop: { patience: earlyStop, ...(monitor && { monitor }) } }),
  };
}

/** How the data are found again. */
function datasetChoice(
  { chosen, division }: TrainingPlan,
  flags: TrainingFlags,
  { preprocessing = {}, augmentation, testPictures }: TrainingData,
): DatasetChoice {
  return {
    name: chosen.entry.name,
    ...limitsOf(flags),
    ...defined({ directory: chosen.directory, limitTrain: flags.limitTrain, limitTest: flags.limitTest }),
    ...(Object.keys(preprocessing).length > 0 && { preprocessing }),
    ...defined({ augmentation, division, testPictures }),
  };
}
