import { rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import {
  type AlexNetError,
  type Checkpoint,
  CheckpointError,
  type CheckpointStore,
  hasCode,
  InvalidArgumentError,
} from "@alexnet/core";
import { describeValue, messageOf } from "@alexnet/core/support";
import { describeFailure, isDiskFull, makeFolder, type WriteFile } from "@alexnet/files";
import { nonFiniteValue } from "./finite.js";
import { type CheckpointFolder, folderName, listCheckpoints, listLeftovers, originalPath } from "./folders.js";
import { readCheckpoint } from "./read-checkpoint.js";
import { writeCheckpoint } from "./write-checkpoint.js";

/** A checkpoint store on a disk. */
export interface DirectoryCheckpointStore extends CheckpointStore {
  /** Reads the checkpoint in this folder, in whatever directory it lies. Throws `CheckpointError`. */
  load(folder: string): Promise<Checkpoint>;
  /** Those that are there, oldest first, by their names; none of them is read. */
  list(): Promise<readonly CheckpointFolder[]>;
  /** Removes all but the newest `keep`, at least 1. */
  prune(keep: number): Promise<void>;
}

/** `directoryCheckpoints` with the way to the disk as an argument. */
export function checkpointStore(directory: string, keep: number, writeFile: WriteFile): DirectoryCheckpointStore {
  return {
    async save(checkpoint) {
      const folder = join(directory, folderName(checkpoint.state.step));
      checkFinite(checkpoint);
      try {
        await makeFolder(directory);
        await cleanUp(directory);
        checkNewest(directory, checkpoint.state.step, (await listCheckpoints(directory)).at(-1));
        await writeCheckpoint(folder, checkpoint, writeFile);
      } catch (cause) {
        throw await saveError(directory, folder, cause);
      }
      await prune(directory, keep, checkpoint.state.best?.step);
      return folder;
    },
    async latest() {
      const newest = (await listCheckpoints(directory)).at(-1);
      return newest && load(newest.path);
    },
    load,
    list: () => listCheckpoints(directory),
    async prune(newest) {
      checkKeep(newest);
      await prune(directory, newest);
    },
  };
}

/** Throws `InvalidArgumentError` unless so many checkpoints can be kept. */
export function checkKeep(keep: number): void {
  if (!Number.isSafeInteger(keep) || keep < 1) {
    throw new InvalidArgumentError(`keep must be a whole number of 1 or more; got ${describeValue(keep)}.`);
  }
}

async function load(folder: string): Promise<Checkpoint> {
  try {
    return await readCheckpoint(folder);
  } catch (cause) {
    const older = await newestWhole(await checkpointsBefore(folder));
    const way =
      older === undefined ? "No older checkpoint beside it is whole." : `The one before it is whole: ${older}.`;
    throw new CheckpointError(`${messageOf(cause)} ${way}`, { cause });
  }
}

async function checkpointsBefore(folder: string): Promise<CheckpointFolder[]> {
  const siblings = await listCheckpoints(dirname(folder));
  const position = siblings.findIndex(({ path }) => basename(path) === basename(folder));
  return siblings.slice(0, Math.max(position, 0));
}

async function newestWhole(folders: readonly CheckpointFolder[]): Promise<string | undefined> {
  for (const { path } of folders.toReversed()) {
    try {
      await readCheckpoint(path);
      return path;
    } catch {
      // Damaged too: the search goes on with the next older one.
    }
  }
  return undefined;
}

/** Removes what interrupted saves left, and puts a checkpoint back that was moved aside but never replaced. */
async function cleanUp(directory: string): Promise<void> {
  const { partial, replaced } = await listLeftovers(directory);
  for (const path of partial) {
    await rm(path, { recursive: true, force: true });
  }
  const whole = new Set((await listCheckpoints(directory)).map(({ path }) => path));
  for (const path of replaced) {
    if (whole.has(path)) {
      await rename(path, originalPath(path));
    } else {
      await rm(path, { recursive: true, force: true });
    }
  }
}

/** Removes all but the newest, and but that of the best step. */
async function prune(directory: string, keep: number, best?: number): Promise<void> {
  const folders = await listCheckpoints(directory);
  for (const { path, step } of folders.slice(0, -keep)) {
    if (step === best) continue;
    try {
      await rm(path, { recursive: true, force: true });
    } catch {
      // The new checkpoint is whole; an old one that something holds open is tried again at the next save.
    }
  }
}

function checkFinite({ parameters, optimizerState, state }: Checkpoint): void {
  const fault = [parameters, ...Object.values(optimizerState)].map(nonFiniteValue).find((found) => found !== undefined);
  if (fault !== undefined) {
    throw new CheckpointError(
      `The checkpoint of step ${state.step} is not saved: it holds ${fault}. The training has diverged; ` +
        "try a smaller learning rate from an earlier checkpoint.",
    );
  }
}

function checkNewest(directory: string, step: number, newest: CheckpointFolder | undefined): void {
  if (newest !== undefined && newest.step > step) {
    throw new CheckpointError(
      `The checkpoint of step ${step} is not saved: ${directory} already holds ${basename(newest.path)}, ` +
        "of another training. Choose an empty directory, resume from that checkpoint, or remove it.",
    );
  }
}

async function saveError(directory: string, folder: string, cause: unknown): Promise<AlexNetError> {
  if (hasCode(cause, "CHECKPOINT")) {
    return cause;
  }
  const previous = (await listCheckpoints(directory).catch(() => [])).at(-1);
  const remains = previous
    ? `The previous checkpoint is still there: ${previous.path}.`
    : "No checkpoint is there yet.";
  const way = isDiskFull(cause) ? " Free some space or choose a directory on another disk." : "";
  return new CheckpointError(`Cannot write the checkpoint ${folder}: ${describeFailure(cause)}. ${remains}${way}`, {
    cause,
  });
}
