import { type Checkpoint, CheckpointError, hasCode } from "@alexnet/core";
import { directoryCheckpoints } from "@alexnet/formats/node";
import { type RunConfig, readConfig } from "./config.js";
import { RunFolderError } from "./errors.js";
import { readMetrics } from "./metrics.js";
import { runPaths } from "./paths.js";

/** A training that can go on. */
export interface Run {
  readonly directory: string;
  readonly config: RunConfig;
  /** The newest; none where the training was stopped before its first: then it begins anew, with the same numbers. */
  readonly checkpoint?: Checkpoint;
  /** Whether the training came to its end there, and its weights are written. */
  readonly isFinished: boolean;
}

/**
 * The settings and the newest checkpoint of a run folder. Throws `RunFolderError` where there is no run, or one that started from given
 * weights has no checkpoint yet, and `CheckpointError` when the newest is damaged.
 */
export async function openRun(directory: string): Promise<Run> {
  const paths = runPaths(directory);
  const config = await readConfig(paths.config);
  const checkpoint = await directoryCheckpoints(paths.checkpoints)
    .latest()
    .catch((cause) => {
      if (!hasCode(cause, "CHECKPOINT")) throw cause;
      throw new CheckpointError(`${cause.message} To go on from an older checkpoint, remove the damaged one first.`, {
        cause,
      });
    });
  if (!checkpoint && config.training.given) {
    throw new RunFolderError(
      `${directory} holds no checkpoint: the training was stopped before the weights it started from were kept. Start anew, in ` +
        "another run folder.",
    );
  }
  // The end is noted when everything else is written.
  const last = (await readMetrics(paths.metrics)).at(-1);
  const isFinished = last?.type === "end" && last.step === checkpoint?.state.step;
  return { directory, config, ...(checkpoint && { checkpoint }), isFinished };
}
