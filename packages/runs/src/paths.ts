import { join } from "node:path";

/** The files of a run folder. */
export interface RunPaths {
  readonly directory: string;
  /** Everything it takes to repeat the training. */
  readonly config: string;
  /** What happened, one event a line. */
  readonly metrics: string;
  readonly checkpoints: string;
  /** The weights the training ended with. */
  readonly weights: string;
  /** Event files for TensorBoard, where they were asked for. */
  readonly tensorboard: string;
  /** There while a process trains here. */
  readonly lock: string;
}

/** Where the files of a run are. */
export function runPaths(directory: string): RunPaths {
  return {
    directory,
    config: join(directory, "config.json"),
    metrics: join(directory, "metrics.jsonl"),
    checkpoints: join(directory, "checkpoints"),
    weights: join(directory, "model.safetensors"),
    tensorboard: join(directory, "tensorboard"),
    lock: join(directory, "lock.json"),
  };
}
