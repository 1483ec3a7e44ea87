import type { Backend, Executable, Variables } from "../backend/backend.js";
import { InvalidArgumentError } from "../errors.js";
import type { Model } from "../model/model.js";
import { checkParameters } from "../model/parameters.js";
import { inferenceProgram } from "../model/programs.js";
import type { Tensor, TensorMap } from "../tensor.js";
import { checkDataset } from "./check-dataset.js";
import type { Batch, Dataset } from "./dataset.js";
import { bestClass, crossEntropy, rankOf, row } from "./metrics.js";

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

/** Runs the inference programs of one model; compiles one for each batch size it meets. */
export interface Evaluator {
  evaluate(
    variables: Variables,
    dataset: Dataset,
    options: {
      readonly batchSize: number;
      readonly signal?: AbortSignal;
      onProgress?(done: number, total: number): void;
    },
  ): Promise<Evaluation>;
  predict(variables: Variables, images: Tensor): Promise<{ readonly logits: Tensor; readonly probabilities: Tensor }>;
  dispose(): Promise<void>;
}

export function evaluator(model: Model, backend: Backend): Evaluator {
  const executables = new Map<number, Promise<Executable>>();

  async function predict(variables: Variables, images: Tensor) {
    const batch = images.shape[0] as number;
    let executable = executables.get(batch);
    if (!executable) {
      executable = backend.compile(inferenceProgram(model, batch).program);
      executables.set(batch, executable);
    }
    const [outputs] = await (await executable).run(variables, [{ images }]);
    return outputs as TensorMap & { readonly logits: Tensor; readonly probabilities: Tensor };
  }

  return {
    predict,
    async evaluate(variables, dataset, { batchSize, signal, onProgress }) {
      checkDataset(model, dataset);
      checkBatchSize(batchSize);
      const started = performance.now();
      const confusion = Array.from({ length: model.classes }, () => new Array<number>(model.classes).fill(0));
      let loss = 0;
      let top1 = 0;
      let top5 = 0;
      let next: Promise<Batch> | undefined = fetchBatch(dataset, 0, batchSize);
      for (let start = 0; start < dataset.length; start += batchSize) {
        signal?.throwIfAborted();
        const { images, labels } = (await next) as Batch;
        // Asked for before the engine takes the thread, so that a worker fetches it in the meantime.
        next = start + batchSize < dataset.length ? fetchBatch(dataset, start + batchSize, batchSize) : undefined;
        const { logits } = await predict(variables, images);
        for (const [example, label] of labels.entries()) {
          const scores = row(logits, example);
          const rank = rankOf(scores, label);
          loss += crossEntropy(scores, label);
          if (rank < 1) top1++;
          if (rank < 5) top5++;
          const answers = confusion[label] as number[];
          const answer = bestClass(scores);
          answers[answer] = (answers[answer] as number) + 1;
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
      for (const executable of executables.values()) await (await executable).dispose();
      executables.clear();
    },
  };
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

/**
 * Loss, top-1, top-5 and confusion matrix of a model on a dataset. Throws `WeightsError` when the parameters are not the
 * model's, `ShapeError` when the dataset's images are not, and the signal's reason when aborted.
 */
export async function evaluate(
  options: InferenceOptions & { readonly dataset: Dataset; onProgress?(done: number, total: number): void },
): Promise<Evaluation> {
  const { dataset, batchSize = 128, signal, onProgress } = options;
  return withVariables(options, (run, variables) =>
    run.evaluate(variables, dataset, { batchSize, ...(signal && { signal }), ...(onProgress && { onProgress }) }),
  );
}

/** Logits and probabilities, `[N, classes]`, of images `[N, C, H, W]`. Throws as `evaluate` does. */
export async function predict(
  options: InferenceOptions & { readonly images: Tensor },
): Promise<{ readonly logits: Tensor; readonly probabilities: Tensor }> {
  const { model, images, batchSize = 128, signal } = options;
  checkBatchSize(batchSize);
  const count = images.shape[0] as number;
  const stride = images.data.length / count;
  return withVariables(options, async (run, variables) => {
    const logits = new Float32Array(count * model.classes);
    const probabilities = new Float32Array(count * model.classes);
    for (let start = 0; start < count; start += batchSize) {
      signal?.throwIfAborted();
      const end = Math.min(start + batchSize, count);
      const data = images.data.subarray(start * stride, end * stride);
      const part = await run.predict(variables, { shape: [end - start, ...images.shape.slice(1)], data });
      logits.set(part.logits.data, start * model.classes);
      probabilities.set(part.probabilities.data, start * model.classes);
    }
    const shape = [count, model.classes];
    return { logits: { shape, data: logits }, probabilities: { shape, data: probabilities } };
  });
}

async function withVariables<Result>(
  { model, backend, parameters }: InferenceOptions,
  use: (run: Evaluator, variables: Variables) => Promise<Result>,
): Promise<Result> {
  checkParameters(model, parameters);
  const variables = await backend.createVariables(parameters);
  const run = evaluator(model, backend);
  try {
    return await use(run, variables);
  } finally {
    await run.dispose();
    await variables.dispose();
  }
}

function fetchBatch(dataset: Dataset, start: number, batchSize: number): Promise<Batch> {
  const count = Math.min(batchSize, dataset.length - start);
  const batch = dataset.batch(Uint32Array.from({ length: count }, (_, index) => start + index));
  // It may fail while the engine is busy with the batch before; the failure is met when the batch is awaited.
  batch.catch(() => {});
  return batch;
}

function checkBatchSize(batchSize: number): void {
  if (!Number.isSafeInteger(batchSize) || batchSize < 1) {
    throw new InvalidArgumentError(`The batch size must be a whole number of at least 1, but is ${batchSize}.`);
  }
}
