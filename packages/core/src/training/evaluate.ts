import type { Backend, Executable, Variables } from "../backend/backend.js";
import { InvalidArgumentError, ShapeError } from "../errors.js";
import type { Model } from "../model/model.js";
import { checkParameters } from "../model/parameters.js";
import { inferenceProgram } from "../model/programs.js";
import { checkOptions } from "../options.js";
import { checkTensor, formatShape, sameShape, sizeOf, type Tensor, type TensorMap } from "../tensor.js";
import { checkDataset } from "./check-dataset.js";
import type { Batch, Dataset } from "./dataset.js";
import { filledUp } from "./feeds.js";
import { fetchExamples } from "./fetch.js";
import { bestClass, checkFinite, crossEntropy, rankOf, row } from "./metrics.js";

/** How well a model does on a dataset. */
export interface Evaluation {
  readonly examples: number;
  /** Mean cross-entropy, natural logarithm. */
  readonly loss: number;
  /** Share of examples whose most likely class is the right one. */
  readonly top1: number;
  /** Share of examples whose right class is among the five most likely. */
  readonly top5: number;
  /** `confusion[label][answer]`: how many examples of a class were taken for which. */
  readonly confusion: readonly (readonly number[])[];
  readonly seconds: number;
}

/**
 * Runs the inference program of one model at one batch size, compiled when first needed. Both throw
 * `NonFiniteOutputError` when an output is NaN or infinite.
 */
export interface Evaluator {
  evaluate(
    variables: Variables,
    dataset: Dataset,
    options?: { readonly signal?: AbortSignal | undefined; onProgress?(done: number, total: number): void },
  ): Promise<Evaluation>;
  /** Logits and probabilities of as many images as the batch size, or fewer. */
  predict(variables: Variables, images: Tensor): Promise<{ readonly logits: Tensor; readonly probabilities: Tensor }>;
  dispose(): Promise<void>;
}

export function evaluator(model: Model, backend: Backend, batchSize: number): Evaluator {
  let compiled: Promise<Executable> | undefined;

  async function predict(variables: Variables, images: Tensor) {
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
    async evaluate(variables, dataset, { signal, onProgress } = {}) {
      checkDataset(model, dataset);
      const started = performance.now();
      const confusion = Array.from({ length: model.classes }, () => new Array<number>(model.classes).fill(0));
      let loss = 0;
      let top1 = 0;
      let top5 = 0;
      let next: Promise<Batch> | undefined = fetchBatch(model, dataset, 0, batchSize);
      for (let start = 0; start < dataset.length; start += batchSize) {
        signal?.throwIfAborted();
        const { images, labels } = (await next)!;
        // Asked for before the engine takes the thread, so that a worker fetches it in the meantime.
        next =
          start + batchSize < dataset.length ? fetchBatch(model, dataset, start + batchSize, batchSize) : undefined;
        const { logits } = await predict(variables, images);
        for (const [example, label] of labels.entries()) {
          const scores = row(logits, example);
          const rank = rankOf(scores, label);
          loss += crossEntropy(scores, label);
          if (rank < 1) top1++;
          if (rank < 5) top5++;
          const answers = confusion[label]!;
          const answer = bestClass(scores);
          answers[answer] = answers[answer]! + 1;
        }
        onProgress?.(start + labels.length, dataset.length);
      }
      const examples = dataset.length;
      return {
        examples,
        loss: loss / examples,
        top1: top1 / examples,
        top5: top5 / examples,
        confusion,
        seconds: (performance.now() - started) / 1000,
      };
    },
    async dispose() {
      await (await compiled?.catch(() => undefined))?.dispose();
    },
  };
}

/** The batch size, at most the one wished for, that cuts the examples into parts as even as can be. */
export function evenBatchSize(examples: number, most: number): number {
  if (!Number.isSafeInteger(most) || most < 1) {
    throw new InvalidArgumentError(`The batch size must be a whole number of at least 1, but is ${most}.`);
  }
  return Math.ceil(examples / Math.ceil(examples / most));
}

/** What `evaluate` and `predict` share. */
export interface InferenceOptions {
  readonly model: Model;
  readonly backend: Backend;
  /** The model's parameters by name. */
  readonly parameters: TensorMap;
  /** Images computed at once; 128 unless told otherwise. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
}

const INFERENCE = { model: true, backend: true, parameters: true, batchSize: true, signal: true } as const;

/**
 * Loss, top-1, top-5 and confusion matrix of a model on a dataset. Throws `WeightsError` when the parameters are not the
 * model's, `ShapeError` when the dataset's images are not, `NonFiniteOutputError` when an answer is NaN or infinite, and
 * the signal's reason when aborted.
 */
export async function evaluate(
  options: InferenceOptions & { readonly dataset: Dataset; onProgress?(done: number, total: number): void },
): Promise<Evaluation> {
  checkOptions<Parameters<typeof evaluate>[0]>("evaluate", options, { ...INFERENCE, dataset: true, onProgress: true });
  const { model, dataset, batchSize = 128, signal, onProgress } = options;
  checkDataset(model, dataset);
  return withVariables(options, evenBatchSize(dataset.length, batchSize), (run, variables) =>
    run.evaluate(variables, dataset, { signal, ...(onProgress && { onProgress }) }),
  );
}

/** Logits and probabilities, `[N, classes]`, of images `[N, C, H, W]`. Throws as `evaluate` does. */
export async function predict(
  options: InferenceOptions & { readonly images: Tensor },
): Promise<{ readonly logits: Tensor; readonly probabilities: Tensor }> {
  checkOptions<InferenceOptions & { readonly images: Tensor }>("predict", options, { ...INFERENCE, images: true });
  const { model, images, batchSize = 128, signal } = options;
  checkTensor(images, "The images");
  const [count = 0, ...imageShape] = images.shape;
  if (count < 1 || !sameShape(imageShape, model.inputShape)) {
    throw new ShapeError(
      `The model "${model.name}" takes images of shape [N, ${model.inputShape.join(", ")}] with N of at least 1; got ` +
        `${formatShape(images.shape)}.`,
    );
  }
  const atOnce = evenBatchSize(count, batchSize);
  return withVariables(options, atOnce, async (run, variables) => {
    const logits = new Float32Array(count * model.classes);
    const probabilities = new Float32Array(count * model.classes);
    for (let start = 0; start < count; start += atOnce) {
      signal?.throwIfAborted();
      const rows = Math.min(atOnce, count - start);
      const data = images.data.subarray(start * sizeOf(imageShape), (start + rows) * sizeOf(imageShape));
      const part = await run.predict(variables, { shape: [rows, ...imageShape], data });
      logits.set(part.logits.data.subarray(0, rows * model.classes), start * model.classes);
      probabilities.set(part.probabilities.data.subarray(0, rows * model.classes), start * model.classes);
    }
    const shape = [count, model.classes];
    return { logits: { shape, data: logits }, probabilities: { shape, data: probabilities } };
  });
}

async function withVariables<Result>(
  { model, backend, parameters }: InferenceOptions,
  batchSize: number,
  use: (run: Evaluator, variables: Variables) => Promise<Result>,
): Promise<Result> {
  checkParameters(model, parameters);
  const variables = await backend.createVariables(parameters);
  const run = evaluator(model, backend, batchSize);
  try {
    return await use(run, variables);
  } finally {
    await run.dispose();
    await variables.dispose();
  }
}

function fetchBatch(model: Model, dataset: Dataset, start: number, batchSize: number): Promise<Batch> {
  const count = Math.min(batchSize, dataset.length - start);
  const indices = Uint32Array.from({ length: count }, (_, index) => start + index);
  const batch = fetchExamples(model, dataset, indices);
  // It may fail while the engine is busy with the batch before; the failure is met when the batch is awaited.
  batch.catch(() => {});
  return batch;
}
