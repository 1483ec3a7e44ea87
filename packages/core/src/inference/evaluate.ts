import type { Variables } from "../backend/backend.js";
import { checkDataset } from "../data/check-dataset.js";
import type { Dataset } from "../data/dataset.js";
import { alone, type Communicator } from "../distributed/communicator.js";
import { InvalidArgumentError } from "../errors.js";
import { checkParameters } from "../model/parameters.js";
import { checkOptions, describeValue } from "../support/options.js";
import type { TensorMap } from "../tensor.js";
import { DEFAULT_BATCH, evenBatchSize } from "./batch-size.js";
import type { Evaluation } from "./evaluation.js";
import { INFERENCE, type InferenceOptions, withEvaluator } from "./options.js";
import { addedUp, shareOf } from "./share.js";

/** What to evaluate, and who is told how far it is. */
export interface EvaluateOptions extends InferenceOptions {
  readonly dataset: Dataset;
  /**
   * Parameters of further trainings: the answer is the mean of the probabilities of all, an ensemble (Krizhevsky et al., 2012,
   * section 6).
   */
  readonly ensemble?: readonly TensorMap[];
  /**
   * So many examples after each other show one image, and the mean of their probabilities is the answer to it: 10 for a dataset with
   * `views: "ten-crop"`. 1 unless told otherwise.
   */
  readonly views?: number;
  /** Tell so many of the examples with the largest losses; none unless told. */
  readonly worst?: number;
  /**
   * The ranks of a job that evaluate a share each, called with the same options, but for their backends; each is given what all came to. A rank for
   * which it throws must `abort` the job.
   */
  readonly communicator?: Communicator;
  /** Told how many images of all, or of a rank's share, are done, after every batch. */
  onProgress?(done: number, total: number): void;
}

/**
 * Loss, top-1, top-5 and confusion matrix of a model on a dataset. Throws `WeightsError` when the parameters are not the
 * model's, `ShapeError` when the dataset's images are not, `InvalidArgumentError` for views that the dataset's examples are no
 * multiple of, `NonFiniteOutputError` when an answer is NaN or infinite, and the signal's reason when aborted.
 */
export async function evaluate(options: EvaluateOptions): Promise<Evaluation> {
  checkOptions<EvaluateOptions>("evaluate", options, {
    ...INFERENCE,
    dataset: true,
    ensemble: true,
    views: true,
    worst: true,
    communicator: true,
    onProgress: true,
  });
  const {
    model,
    backend,
    dataset,
    ensemble = [],
    views = 1,
    worst = 0,
    batchSize = DEFAULT_BATCH,
    communicator = alone,
    signal,
    onProgress,
  } = options;
  checkDataset(model, dataset);
  if (!Number.isSafeInteger(views) || views < 1 || dataset.length % views !== 0) {
    throw new InvalidArgumentError(
      `views must be a whole number of at least 1 that divides the ${dataset.length} examples; got ${describeValue(views)}.`,
    );
  }
  if (!Number.isSafeInteger(worst) || worst < 0) {
    throw new InvalidArgumentError(`worst must be a whole number of 0 or more; got ${describeValue(worst)}.`);
  }
  for (const parameters of ensemble) checkParameters(model, parameters);
  const share = communicator.size === 1 ? { dataset, first: 0 } : shareOf(dataset, communicator, views);
  const own = share.dataset.length === 0 ? undefined : await evaluated(share.dataset);
  if (communicator.size === 1) return own!;
  return addedUp(communicator, own, { classes: model.classes, first: share.first, worst });

  function evaluated(examples: Dataset): Promise<Evaluation> {
    const atOnce = views * evenBatchSize(examples.length / views, Math.max(1, Math.floor(batchSize / views)));
    return withEvaluator(options, atOnce, async (run, variables) => {
      const others: Variables[] = [];
      try {
        for (const parameters of ensemble) others.push(await backend.createVariables(parameters));
        return await run.evaluate([variables, ...others], examples, {
          views,
          worst,
          signal,
          ...(onProgress && { onProgress }),
        });
      } finally {
        for (const other of others) await other.dispose();
      }
    });
  }
}
