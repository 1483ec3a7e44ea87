import { ShapeError } from "../errors.js";
import { checkOptions } from "../support/options.js";
import { checkTensor, formatShape, sameShape, sizeOf, type Tensor } from "../tensor.js";
import { DEFAULT_BATCH, evenBatchSize } from "./batch-size.js";
import type { Answers } from "./evaluator.js";
import { INFERENCE, type InferenceOptions, withEvaluator } from "./options.js";

/** What to ask of which images. */
export interface PredictOptions extends InferenceOptions {
  /** `[N, C, H, W]`, prepared as the model was trained. */
  readonly images: Tensor;
}

/**
 * Logits and probabilities, `[N, classes]`, of images. Throws `WeightsError` when the parameters are not the model's,
 * `ShapeError` when the images are not, `NonFiniteOutputError` when an answer is NaN or infinite, and the signal's reason
 * when aborted.
 *
 * @example
 * ```ts
 * const { probabilities } = await predict({ model, backend, parameters, images });
 * const [best] = topClasses(probabilities, 5)[0];
 * ```
 */
export async function predict(options: PredictOptions): Promise<Answers> {
  checkOptions<PredictOptions>("predict", options, { ...INFERENCE, images: true });
  const { model, images, batchSize = DEFAULT_BATCH, signal } = options;
  checkTensor(images, "The images");
  const [count = 0, ...imageShape] = images.shape;
  if (count < 1 || !sameShape(imageShape, model.inputShape)) {
    throw new ShapeError(
      `The model "${model.name}" takes images of shape [N, ${model.inputShape.join(", ")}] with N of at least 1; got ` +
        `${formatShape(images.shape)}.`,
    );
  }
  const atOnce = evenBatchSize(count, batchSize);
  return withEvaluator(options, atOnce, async (run, variables) => {
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
