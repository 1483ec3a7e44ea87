import { isDone, openRun, type Run, RunFolderError } from "@alexnet/runs";
import { UsageError } from "../../program/errors.js";
import { command, pathWord } from "../../program/invocation.js";
import { flagName, type TrainingFlags } from "./flags.js";

/** What may change when a training goes on: how long, and on what; nothing that would make it another training. */
const CHANGEABLE: readonly string[] = [
  "resume",
  "epochs",
  "backend",
  "threads",
  "checkpointEvery",
  "keep",
  "maxSteps",
  "maxTime",
  "tensorboard",
  "weightsEvery",
  "dataDir",
  "mostBad",
  "mostPixels",
  "download",
  "mirror",
  "divide",
  "devicePerRank",
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

/** The training in a run folder. Throws, in the words of the command line, when there is nothing to go on with. */
export async function openUnfinished(directory: string, flags: TrainingFlags): Promise<Run> {
  const run = await openRun(directory);
  const { epochs = run.config.training.epochs } = flags;
  if (isDone(run, epochs)) {
    const done = run.checkpoint?.state.epoch ?? 0;
    throw new RunFolderError(
      `The training in ${directory} has done its ${done} epochs. To train it further: ` +
        command("train", "--resume", pathWord(directory), "--epochs", String(done + run.config.training.epochs)),
    );
  }
  return run;
}
