import { setImmediate } from "node:timers/promises";
import {
  type Checkpoint,
  type CheckpointStore,
  type FitOptions,
  fit,
  type StartEvent,
  type TrainingEvent,
} from "@alexnet/core";
import type { Lock } from "@alexnet/files";
import { directoryCheckpoints, writeSafetensors } from "@alexnet/formats/node";
import { type RunConfig, writeConfig } from "./config.js";
import { RunFolderError } from "./errors.js";
import { createRunFolder, removePartials } from "./folder.js";
import { lockRunFolder } from "./lock.js";
import { type MetricsFile, openMetrics, rewindMetrics } from "./metrics.js";
import { type RunPaths, runPaths } from "./paths.js";
import { recordOf } from "./record.js";
import { type TensorboardLog, tensorboardLog } from "./tensorboard/log.js";
import { weightsMetadata } from "./weights.js";

/** A training and the folder that keeps it. */
export interface Keeping {
  readonly directory: string;
  /** Whether it makes its folder, and does not go on in one. */
  readonly isNew: boolean;
  readonly fit: Omit<FitOptions, "checkpoints">;
  readonly keepCheckpoints?: number | undefined;
  readonly tensorboard?: boolean | undefined;
  /** What `config.json` is to say; called once the options have been checked. */
  config(): RunConfig;
}

/**
 * Trains and keeps the run folder, which a new training makes. Nothing is touched before
 * core has checked everything and is about to take the first step.
 */
export async function* keep(keeping: Keeping): AsyncGenerator<TrainingEvent, void> {
  // Of the ranks of a job one writes.
  if (keeping.fit.communicator && keeping.fit.communicator.rank > 0) return yield* fit(keeping.fit);
  const { directory, isNew, keepCheckpoints } = keeping;
  const paths = runPaths(directory);
  const { resume } = keeping.fit;
  const kept = directoryCheckpoints(paths.checkpoints, keepCheckpoints === undefined ? {} : { keep: keepCheckpoints });
  let config: RunConfig | undefined;
  let lock: Lock | undefined;
  const checkpoints: CheckpointStore = {
    latest: kept.latest,
    save(checkpoint) {
      checkHeld(lock, directory);
      return kept.save(checkpoint);
    },
  };
  let metrics: MetricsFile | undefined;
  let tensorboard: TensorboardLog | undefined;
  try {
    for await (const event of fit({ ...keeping.fit, checkpoints })) {
      if (event.type === "start") {
        if (isNew) await createRunFolder(directory);
        lock = await lockRunFolder(paths.lock);
        await removePartials(directory);
        if (!isNew) await rewind(paths, resume, event);
        config = keeping.config();
        await writeConfig(paths.config, config);
        metrics = openMetrics(paths.metrics);
        if (keeping.tensorboard) tensorboard = await tensorboardLog(paths.tensorboard, event.step);
      }
      if (event.type === "end" && config) {
        checkHeld(lock, directory);
        await writeSafetensors(paths.weights, event.checkpoint.parameters, weightsMetadata(config, event));
      }
      // The start of a training that goes on is in the metrics already.
      if (event.type !== "start" || isNew) metrics?.append(recordOf(event));
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

/** Throws where the folder is no longer the training's: files that are put into it now would be parts of no run, or of another's. */
function checkHeld(lock: Lock | undefined, directory: string): void {
  if (lock?.isHeld() === false) {
    throw new RunFolderError(
      `${directory} was deleted, moved or taken by another training while this one went on: its lock is gone. The training has ` +
        "stopped, and what it came to since its last checkpoint is lost.",
    );
  }
}

/** Takes the metrics back to the checkpoint. Throws `RunFolderError` when the training has gone on since it was read. */
async function rewind(paths: RunPaths, resume: Checkpoint | undefined, start: StartEvent): Promise<void> {
  const newest = (await directoryCheckpoints(paths.checkpoints).list()).at(-1);
  const { step = 0, epoch = 0 } = resume?.state ?? {};
  if (newest !== undefined && newest.step !== step) {
    throw new RunFolderError(
      `The training in ${paths.directory} has gone on to step ${newest.step} since its step ${step} was read. Open the ` +
        "run again.",
    );
  }
  await rewindMetrics(paths.metrics, newest && { step, epoch, location: newest.path }, start);
}
