import { type Backend, type FitOptions, fitDefaults, type Model } from "@alexnet/core";
import type { BackendChoice, BackendConfig, DatasetChoice, JobConfig } from "./config.js";

/** What `config.json` says beside what can be read off the training itself. */
export interface RunNotes {
  /** The words of the command line. */
  readonly arguments?: readonly string[];
  /** Name of the recipe that it follows. */
  readonly recipe?: string;
  /** How to find the dataset again; its own name unless told otherwise. */
  readonly dataset?: DatasetChoice;
  /** How to find the backend again; its own name unless told otherwise. */
  readonly backend?: BackendChoice;
}

/** What to train, as `fit` takes it, and what to keep of it. */
export interface TrainRunOptions extends Omit<FitOptions, "resume" | "checkpoints"> {
  /** So many of the newest checkpoints stay, 2 unless told otherwise, and the one with the best evaluation. */
  readonly keepCheckpoints?: number;
  /** Whether to write event files for TensorBoard, into `tensorboard` in the folder. */
  readonly tensorboard?: boolean;
  readonly notes?: RunNotes;
}

/** What a training needs to go on. Everything that would make it another training comes from the run, and so does the division among ranks. */
export interface ResumeRunOptions
  extends Pick<
    FitOptions,
    | "backend"
    | "training"
    | "validation"
    | "checkpointEvery"
    | "maxSteps"
    | "maxSeconds"
    | "weightsEvery"
    | "stepsPerRun"
    | "signal"
    | "communicator"
    | "division"
  > {
  /** The model, where it is none of the zoo's. */
  readonly model?: Model;
  /** Of the whole training; as many as it was begun with unless told otherwise. */
  readonly epochs?: number;
  /** So many of the newest checkpoints stay; 2 unless told otherwise. */
  readonly keepCheckpoints?: number;
  /** Whether to write event files for TensorBoard; as the run was begun unless told otherwise. */
  readonly tensorboard?: boolean;
  readonly notes?: Omit<RunNotes, "arguments" | "recipe">;
}

/** How a training is divided among ranks, where there are several. */
export function jobOf({
  communicator,
  division = fitDefaults.division,
}: Pick<FitOptions, "communicator" | "division">): {
  readonly job?: JobConfig;
} {
  return communicator && communicator.size > 1 ? { job: { ranks: communicator.size, division } } : {};
}

/** What a training is computed with, as `config.json` has it. */
export function chosen({ info }: Backend, choice: BackendChoice = { asked: info.name }): BackendConfig {
  const { operations: _, ...facts } = info;
  return { ...choice, info: facts };
}
