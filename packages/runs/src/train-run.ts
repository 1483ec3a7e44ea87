import { fitDefaults, formatModel, InvalidArgumentError, type Model, type TrainingEvent, zoo } from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import type { ModelConfig, RunConfig } from "./config.js";
import { keep } from "./keep.js";
import { modelNamed } from "./model-named.js";
import { chosen, jobOf, type TrainRunOptions } from "./options.js";
import { version } from "./version.js";

/**
 * Trains into a new run folder: `config.json`, `metrics.jsonl`, `checkpoints`, and at the end `model.safetensors`. Events are
 * those of `fit`; each is written down before it is told. Aborting the signal ends with a checkpoint, from which `resumeRun`
 * goes on bit for bit.
 *
 * ```ts
 * for await (const event of trainRun("runs/first", { model, backend, training, validation, ...d2lAlexNetRecipe })) {
 *   if (event.type === "evaluation") console.log(event.epoch, event.evaluation.top1);
 * }
 * ```
 *
 * The folder is made once everything has been checked and the first step is about to be taken: a mistake leaves nothing
 * behind. Throws what `fit` throws, and `RunFolderError` when something is in the folder already, when another process
 * trains there, or when the disk fails.
 */
export async function* trainRun(directory: string, options: TrainRunOptions): AsyncGenerator<TrainingEvent, void> {
  const { keepCheckpoints, tensorboard, notes: _, ...fit } = options;
  for (const name of ["resume", "checkpoints"]) {
    if (name in fit) {
      throw new InvalidArgumentError(
        `trainRun has no option ${JSON.stringify(name)}: it keeps its own checkpoints, and resumeRun goes on from them.`,
      );
    }
  }
  yield* keep({ directory, isNew: true, fit, keepCheckpoints, tensorboard, config: () => newConfig(options) });
}

function newConfig(options: TrainRunOptions): RunConfig {
  const { model, training, validation, epochs, batchSize, earlyStop, checkpointEvery, evaluateEvery } = options;
  const { backend, weightsEvery, tensorboard, notes = {} } = options;
  const { seed, optimizer, schedule } = { ...fitDefaults, ...options };
  return {
    versions: { alexnet: version, node: process.version, platform: `${process.platform}-${process.arch}` },
    startedAt: new Date().toISOString(),
    ...(notes.arguments && { arguments: notes.arguments }),
    ...(notes.recipe !== undefined && { recipe: notes.recipe }),
    model: modelConfig(model),
    dataset: {
      ...(notes.dataset ?? { name: training.name }),
      training: training.length,
      test: validation?.length ?? 0,
      classNames: training.classNames,
    },
    training: {
      epochs,
      batchSize,
      optimizer,
      schedule,
      seed,
      ...(earlyStop && { earlyStop }),
      ...(checkpointEvery !== undefined && { checkpointEvery }),
      ...defined({ weightsEvery, evaluateEvery }),
      ...(options.parameters && { given: true as const }),
    },
    backend: chosen(backend, notes.backend),
    ...jobOf(options),
    ...defined({ tensorboard }),
  };
}

/** How the zoo makes the model again, and the model itself where it does not. */
function modelConfig(model: Model): ModelConfig {
  const { name, classes, inputShape } = model;
  const [channels, inputSize] = inputShape;
  const config = { name, options: { classes, channels, inputSize } };
  const written = formatModel(model);
  const isTheZoos = zoo.some((entry) => entry.name === name) && formatModel(modelNamed(config)) === written;
  return isTheZoos ? config : { ...config, definition: JSON.parse(written) };
}
