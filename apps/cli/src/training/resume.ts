import { type Checkpoint, CheckpointError, hasCode } from "@alexnet/core";
import { directoryCheckpoints } from "@alexnet/formats/node";
import { RunFolderError, UsageError } from "../errors.js";
import { command, pathWord } from "../invocation.js";
import { type RunConfig, readConfig } from "../run-folder/config.js";
import { runPaths } from "../run-folder/paths.js";
import { flagName, type TrainingFlags } from "./flags.js";

/** What may change when a training goes on: how long, and on what; nothing that would make it another training. */
const CHANGEABLE: readonly string[] = [
  "resume",
  "epochs",
  "backend",
  "threads",
  "dataDir",
  "download",
  "mirror",
  "json",
  "quiet",
];

/** Throws `UsageError` for flags that would make it another training. */
export function checkResumeFlags(given: readonly string[]): void {
  const others = given.filter((name) => !CHANGEABLE.includes(name));
  if (others.length > 0) {
    const allowed = CHANGEABLE.slice(1).map(flagName).join(", ");
    throw new UsageError(
      `${others.map(flagName).join(", ")} cannot be given with --resume: the training goes on with its own settings. ` +
        `What can be given: ${allowed}.`,
    );
  }
}

/** The settings and the newest checkpoint of a run folder. Throws when there is nothing to go on with. */
export async function loadRun(
  directory: string,
  flags: TrainingFlags,
): Promise<{ readonly config: RunConfig; readonly checkpoint: Checkpoint }> {
  const paths = runPaths(directory);
  const config = await readConfig(paths.config);
  let checkpoint: Checkpoint | undefined;
  try {
    checkpoint = await directoryCheckpoints(paths.checkpoints).latest();
  } catch (cause) {
    if (!hasCode(cause, "CHECKPOINT")) throw cause;
    throw new CheckpointError(`${cause.message} To go on from an older checkpoint, remove the damaged one first.`, {
      cause,
    });
  }
  if (!checkpoint) {
    throw new RunFolderError(
      `${directory} holds no checkpoint: the training was stopped before its first. Start anew, with another --run-dir.`,
    );
  }
  const stepsPerEpoch = Math.ceil(config.dataset.training / config.training.batchSize);
  const epochs = flags.epochs ?? config.training.epochs;
  if (checkpoint.state.step >= epochs * stepsPerEpoch) {
    const done = checkpoint.state.epoch;
    throw new RunFolderError(
      `The training in ${directory} has done its ${done} epochs. To train it further: ` +
        command("train", "--resume", pathWord(directory), "--epochs", String(done + config.training.epochs)),
    );
  }
  return { config, checkpoint };
}
