import type { Backend, Executable, Variables } from "../backend/backend.js";
import { checkDataset } from "../data/check-dataset.js";
import type { Batch, Dataset } from "../data/dataset.js";
import { fetchExamples } from "../data/fetch.js";
import { keptPositions } from "../data/kept-positions.js";
import { DatasetError } from "../errors.js";
import type { Model } from "../model/model.js";
import { inferenceProgram } from "../model/programs.js";
import type { Tensor } from "../tensor.js";
import type { Evaluation } from "./evaluation.js";
import { filledUp } from "./filled-up.js";
import { checkFinite, crossEntropy, meanRow, row } from "./scores.js";
import { tally } from "./tally.js";

/** What a model says of images, `[N, classes]` each. */
export interface Answers {
  readonly logits: Tensor;
  readonly probabilities: Tensor;
}

/**
 * Runs the inference program of one model at one batch size, compiled when first needed. Both throw
 * `NonFiniteOutputError` when an output is NaN or infinite.
 */
export interface Evaluator {
  /**
   * Loss, accuracies and confusion matrix over a dataset. Of several sets of variables the mean of the probabilities is the answer,
   * and so it is of `views`, so many examples after each other that show one image; the batch size is a multiple of it. `worst` asks for
   * so many of those with the largest losses.
   * `onProgress` is told how many images of all are done.
   */
  evaluate(
    variables: Variables | readonly Variables[],
    dataset: Dataset,
    options?: {
      readonly views?: number;
      readonly worst?: number;
      readonly signal?: AbortSignal | undefined;
      onProgress?(done: number, total: number): void;
    },
  ): Promise<Evaluation>;
  /** Logits and probabilities of as many images as the batch size, or fewer. */
  predict(variables: Variables, images: Tensor): Promise<Answers>;
  /** Frees what was compiled; the variables are the caller's. */
  dispose(): Promise<void>;
}

/** Makes one. Nothing is compiled before it is needed. */
export function evaluator(model: Model, backend: Backend, batchSize: number): Evaluator {
  let compiled: Promise<Executable> | undefined;

  async function predict(variables: Variables, images: Tensor): Promise<Answers> {
    compiled ??= backend.compile(inferenceProgram(model, batchSize).program);
    const executable = await compiled;
    const [outputs] = await executable.run(variables, [{ images: filledUp(images, batchSize) }]);
    const answers = { logits: outputs!.logits!, probabilities: outputs!.probabilities! };
    const examples = images.shape[0]!;
    checkFinite(answers.logits, examples, model.name);
    checkFinite(answers.probabilities, examples, model.name);
    return answers;
  }

  return {
    predict,
    async evaluate(variables, dataset, { views = 1, worst = 0, signal, onProgress } = {}) {
      checkDataset(model, dataset);
      const started = performance.now();
      const sets = Array.isArray(variables) ? variables : [variables];
      const counted = tally(model.classes, worst);
      let next: Promise<Batch> | undefined = fetchBatch(model, dataset, 0, batchSize);
      for (let start = 0; start < dataset.length; start += batchSize) {
        signal?.throwIfAborted();
        const { images, labels, skipped = [], release } = (await next)!;
        const kept = keptPositions(labels.length + skipped.length, skipped);
        // Asked for before the engine takes the thread, so that a worker fetches it in the meantime.
        next =
          start + batchSize < dataset.length ? fetchBatch(model, dataset, start + batchSize, batchSize) : undefined;
        const answers: Answers[] = [];
        for (const set of sets) answers.push(await predict(set, images));
        release?.();
        const [only] = answers;
        if (views === 1 && only && answers.length === 1) {
          for (const [example, label] of labels.entries()) {
            const scores = row(only.logits, example);
            counted.add(scores, label, (right) => crossEntropy(scores, right), start + kept[example]!);
          }
        } else {
          for (let first = 0; first < labels.length; first += views) {
            const shares = meanRow(
              answers.map(({ probabilities }) => probabilities),
              first,
              views,
            );
            const index = Math.floor((start + kept[first]!) / views);
            counted.add(shares, labels[first]!, (right) => -Math.log(shares[right]!), index);
          }
        }
        onProgress?.((start + kept.length + skipped.length) / views, dataset.length / views);
      }
      const evaluation = counted.evaluation();
      if (evaluation.examples === 0) throw new DatasetError(`None of the pictures of "${dataset.name}" can be read.`);
      return { ...evaluation, seconds: (performance.now() - started) / 1000 };
    },
    async dispose() {
      await (await compiled?.catch(() => undefined))?.dispose();
    },
  };
}

function fetchBatch(model: Model, dataset: Dataset, start: number, batchSize: number): Promise<Batch> {
  const count = Math.min(batchSize, dataset.length - start);
  const indices = Uint32Array.from({ length: count }, (_, index) => start + index);
  const batch = fetchExamples(model, dataset, indices);
  // It may fail while the engine is busy with the batch before; the failure is met when the batch is awaited.
  batch.catch(() => {});
  return batch;
}
