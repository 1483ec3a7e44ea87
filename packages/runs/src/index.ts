/**
 * Trainings kept in a folder: settings, metrics, checkpoints and weights; resumed bit for bit, loaded as a model.
 *
 * @module @alexnet/runs
 */
export {
  type BackendChoice,
  type BackendConfig,
  type DatasetChoice,
  type DatasetConfig,
  lastBackend,
  lastDivision,
  type ModelConfig,
  type ResumedConfig,
  type RunConfig,
  readConfig,
  type TrainingConfig,
} from "./config.js";
export { type BackendDifference, backendDifferences } from "./differences.js";
export { RunFolderError } from "./errors.js";
export { checkRunFolder, giveBackRunFolder, isRunFolder, takeRunFolder } from "./folder.js";
export { type CurvePoint, type Curves, type History, historyOf, throughput } from "./history.js";
export { loadedWeights, loadWeights } from "./load-weights.js";
export { readMetrics } from "./metrics.js";
export { type ModelChoice, modelOfWeights } from "./model-of-weights.js";
export { newestRun } from "./newest-run.js";
export { openRun, type Run } from "./open-run.js";
export type { ResumeRunOptions, RunNotes, TrainRunOptions } from "./options.js";
export { type RunPaths, runPaths } from "./paths.js";
export { type EventRecord, recordOf } from "./record.js";
export { isDone, resumeRun } from "./resume-run.js";
export { type TensorboardLog, tensorboardLog } from "./tensorboard/log.js";
export { trainRun } from "./train-run.js";
export { type LoadedWeights, metadataOf, type WeightsGuess, type WeightsInfo } from "./weights.js";
