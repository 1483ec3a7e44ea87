import { checkOptions } from "@alexnet/core/support";
import { writeDurably } from "@alexnet/files";
import { checkKeep, checkpointStore, type DirectoryCheckpointStore } from "./store.js";

/** How many checkpoints a directory keeps. */
export interface DirectoryCheckpointOptions {
  /** The newest this many stay, at least 1; default 2; and that of the best evaluation. One more is on the disk while a new one is written. */
  readonly keep?: number;
}

/**
 * Checkpoints in a directory, each in a folder `step-00000120` with `parameters.safetensors`, a file of each thing that the
 * optimizer keeps (`velocities.safetensors`) and `state.json`. A folder has that name only once all of it is on the disk. One process at a time may save here.
 *
 * `save` makes the directory, and throws `CheckpointError` when the disk is full, when a value is NaN or infinite, and
 * when the directory holds a checkpoint of a later step, which belongs to another training. `latest` and `load` throw
 * one that names the damaged file, and the newest older checkpoint that is whole.
 *
 * Throws `InvalidArgumentError` when `keep` is not a whole number of 1 or more.
 */
export function directoryCheckpoints(
  directory: string,
  options: DirectoryCheckpointOptions = {},
): DirectoryCheckpointStore {
  checkOptions("directoryCheckpoints", options, { keep: true });
  const { keep = 2 } = options;
  checkKeep(keep);
  return checkpointStore(directory, keep, writeDurably);
}
