import type { TrainingEvent } from "@alexnet/core";
import { checkOptions, defined } from "@alexnet/core/support";
import { lastDivision, type RunConfig } from "./config.js";
import { RunFolderError } from "./errors.js";
import { keep } from "./keep.js";
import { modelNamed } from "./model-named.js";
import type { Run } from "./open-run.js";
import { chosen, jobOf, type ResumeRunOptions } from "./options.js";

const NAMES: Readonly<Record<keyof ResumeRunOptions, true>> = {
  backend: true,
  training: true,
  validation: true,
  checkpointEvery: true,
  maxSteps: true,
  maxSeconds: true,
  weightsEvery: true,
  stepsPerRun: true,
  signal: true,
  communicator: true,
  division: true,
  model: true,
  epochs: true,
  keepCheckpoints: true,
  tensorboard: true,
  notes: true,
};

/**
 * Goes on with a training exactly where its newest checkpoint is: on the same backend, device and number of threads the
 * numbers are, bit for bit, those of a training that never stopped. What happened after the checkpoint is taken out of
 * `metrics.jsonl` first, and the time it went on is noted in `config.json`.
 *
 * ```ts
 * const run = await openRun("runs/first");
 * for await (const event of resumeRun(run, { backend, training, validation, epochs: 20 })) console.log(event.type);
 * ```
 *
 * Throws what `trainRun` throws, `CheckpointError` for data that are not the run's, and `RunFolderError` when the training
 * has done its epochs already.
 */
export async function* resumeRun(run: Run, options: ResumeRunOptions): AsyncGenerator<TrainingEvent, void> {
  checkOptions("resumeRun", options, NAMES);
  const { config, checkpoint, directory } = run;
  const { given: _, ...training } = config.training;
  const {
    model = modelNamed(config.model),
    epochs = config.training.epochs,
    keepCheckpoints,
    tensorboard = config.tensorboard,
    division = lastDivision(config),
    notes,
    ...rest
  } = options;
  if (isDone(run, epochs)) {
    throw new RunFolderError(
      `The training in ${directory} has done its ${checkpoint?.state.epoch} epochs. To train it further, ask for more epochs.`,
    );
  }
  yield* keep({
    directory,
    isNew: false,
    fit: { ...training, ...rest, ...defined({ division }), model, epochs, ...(checkpoint && { resume: checkpoint }) },
    keepCheckpoints,
    tensorboard,
    config: () => resumedConfig(run, epochs, { ...options, ...defined({ division }) }),
  });
}

/**
 * Whether a training has nothing left to do in so many epochs. One that was killed before its weights were written, or stopped before its
 * last evaluation, has.
 */
export function isDone({ checkpoint, isFinished }: Run, epochs: number): boolean {
  const { epoch = 0, evaluationDue = false } = checkpoint?.state ?? {};
  return epoch >= epochs && isFinished && !evaluationDue;
}

function resumedConfig({ config, checkpoint }: Run, epochs: number, options: ResumeRunOptions): RunConfig {
  const { backend, checkpointEvery, weightsEvery, tensorboard, notes = {} } = options;
  const time = {
    at: new Date().toISOString(),
    step: checkpoint?.state.step ?? 0,
    epochs,
    backend: chosen(backend, notes.backend),
    ...jobOf(options),
  };
  return {
    ...config,
    dataset: { ...config.dataset, ...notes.dataset },
    training: { ...config.training, epochs, ...defined({ checkpointEvery, weightsEvery }) },
    ...defined({ tensorboard }),
    resumed: [...(config.resumed ?? []), time],
  };
}
