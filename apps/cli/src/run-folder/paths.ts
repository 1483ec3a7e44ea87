import { join } from "node:path";

/** The files of a run folder. */
export interface RunPaths {
  readonly directory: string;
  /** Everything it takes to repeat the training. */
  readonly config: string;
  /** What happened, one event a line. */
  readonly metrics: string;
  readonly checkpoints: string;
  readonly curves: string;
  /** The weights the training ended with. */
  readonly weights: string;
  /** One of the test images, to try `predict` on. */
  readonly example: string;
  /** There while a process trains here. */
  readonly lock: string;
}

export function runPaths(directory: string): RunPaths {
  return {
    directory,
    config: join(directory, "config.json"),
    metrics: join(directory, "metrics.jsonl"),
    checkpoints: join(directory, "checkpoints"),
    curves: join(directory, "curves.svg"),
    weights: join(directory, "model.safetensors"),
    example: join(directory, "example.png"),
    lock: join(directory, "lock.json"),
  };
}
