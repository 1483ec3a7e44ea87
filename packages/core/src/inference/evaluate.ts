import { checkDataset } from "../data/check-dataset.js";
import type { Dataset } from "../data/dataset.js";
import { checkOptions } from "../support/options.js";
import { DEFAULT_BATCH, evenBatchSize } from "./batch-size.js";
import type { Evaluation } from "./evaluation.js";
import { INFERENCE, type InferenceOptions, withEvaluator } from "./options.js";

/** What to evaluate, and who is told how far it is. */
export interface EvaluateOptions extends InferenceOptions {
  readonly dataset: Dataset;
  /** Told how many images of all are done, after every batch. */
  onProgress?(done: number, total: number): void;
}

/**
 * Loss, top-1, top-5 and confusion matrix of a model on a dataset. Throws `WeightsError` when the parameters are not the
 * model's, `ShapeError` when the dataset's images are not, `NonFiniteOutputError` when an answer is NaN or infinite, and
 * the signal's reason when aborted.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  checkOptions<EvaluateOptions>("evaluate", options, { ...INFERENCE, dataset: true, onProgress: true });
  const { model, dataset, batchSize = DEFAULT_BATCH, signal, onProgress } = options;
  checkDataset(model, dataset);
  return withEvaluator(options, evenBatchSize(dataset.length, batchSize), (run, variables) =>
    run.evaluate(variables, dataset, { signal, ...(onProgress && { onProgress }) }),
  );
}
