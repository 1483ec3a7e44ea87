import { setImmediate } from "node:timers/promises";
import { type Checkpoint, type FitOptions, fit, type StartEvent, type TrainingEvent } from "@alexnet/core";
import type { Lock } from "@alexnet/files";
import { directoryCheckpoints, writeSafetensors } from "@alexnet/formats/node";
import { type RunConfig, writeConfig } from "./config.js";
import { RunFolderError } from "./errors.js";
import { createRunFolder } from "./folder.js";
import { lockRunFolder } from "./lock.js";
import { type MetricsFile, openMetrics, rewindMetrics } from "./metrics.js";
import { type RunPaths, runPaths } from "./paths.js";
import { recordOf } from "./record.js";
import { type TensorboardLog, tensorboardLog } from "./tensorboard/log.js";
import { weightsMetadata } from "./weights.js";

/** A training and the folder that keeps it. */
export interface Keeping {
  readonly directory: string;
  readonly fit: Omit<FitOptions, "checkpoints">;
  readonly keepCheckpoints?: number | undefined;
  readonly tensorboard?: boolean | undefined;
  /** What `config.json` is to say; called once the options have been checked. */
  config(): RunConfig;
}

/**
 * Trains and keeps the run folder; a new one is made where there is no checkpoint to go on from. Nothing is touched before
 * core has checked everything and is about to take the first step.
 */
export async function* keep(keeping: Keeping): AsyncGenerator<TrainingEvent, void> {
  const { directory, keepCheckpoints } = keeping;
  const paths = runPaths(directory);
  const { resume } = keeping.fit;
  const checkpoints = directoryCheckpoints(
    paths.checkpoints,
    keepCheckpoints === undefined ? {} : { keep: keepCheckpoints },
  );
  let config: RunConfig | undefined;
  let lock: Lock | undefined;
  let metrics: MetricsFile | undefined;
  let tensorboard: TensorboardLog | undefined;
  try {
    for await (const event of fit({ ...keeping.fit, checkpoints })) {
      if (event.type === "start") {
        if (!resume) await createRunFolder(directory);
        lock = await lockRunFolder(paths.lock);
        if (resume) await rewind(paths, resume, event);
        config = keeping.config();
        await writeConfig(paths.config, config);
        metrics = openMetrics(paths.metrics);
        if (keeping.tensorboard) tensorboard = await tensorboardLog(paths.tensorboard, event.step);
      }
      if (event.type === "end" && config) {
        await writeSafetensors(paths.weights, event.checkpoint.parameters, weightsMetadata(config, event));
      }
      // The start of a training that goes on is in the metrics already.
      if (event.type !== "start" || !resume) metrics?.append(recordOf(event));
      tensorboard?.add(recordOf(event));
      yield event;
      // Lets signals in: an engine that computes on this thread leaves no other gap.
      await setImmediate();
    }
  } finally {
    metrics?.close();
    tensorboard?.close();
    lock?.release();
  }
}

/** Takes the metrics back to the checkpoint. Throws `RunFolderError` when the training has gone on since it was read. */
async function rewind(paths: RunPaths, { state }: Checkpoint, start: StartEvent): Promise<void> {
  const newest = (await directoryCheckpoints(paths.checkpoints).list()).at(-1);
  if (newest !== undefined && newest.step !== state.step) {
    throw new RunFolderError(
      `The training in ${paths.directory} has gone on to step ${newest.step} since its step ${state.step} was read. Open the ` +
        "run again.",
    );
  }
  const { step, epoch } = state;
  // It is there: the training was opened from it.
  const location = newest?.path ?? paths.checkpoints;
  await rewindMetrics(paths.metrics, { step, epoch, location }, start);
}
