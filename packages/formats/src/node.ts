/**
 * Weights and checkpoints in files.
 *
 * @module @alexnet/formats/node
 */
export { type DirectoryCheckpointOptions, directoryCheckpoints } from "./checkpoint/directory-checkpoints.js";
export type { CheckpointFolder } from "./checkpoint/folders.js";
export { readCheckpoint } from "./checkpoint/read-checkpoint.js";
export type { DirectoryCheckpointStore } from "./checkpoint/store.js";
export { readDecoded, readWeights, writeEncoded } from "./files.js";
export { type PretrainedWeights, pretrainedWeights } from "./pretrained/manifest.js";
export { isPulled, type PullOptions, pretrainedNamed, pretrainedPath, pullWeights } from "./pretrained/pull.js";
export { readSafetensors, writeSafetensors } from "./safetensors/file.js";
