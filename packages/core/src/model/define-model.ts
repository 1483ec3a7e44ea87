import { InvalidArgumentError } from "../errors.js";
import { checkKind, checkOptions, describeValue } from "../support/options.js";
import type { Shape } from "../tensor.js";
import { type Layer, layerKinds } from "./layer.js";
import { lower } from "./lower.js";
import type { Model } from "./model.js";

/**
 * Puts layers together into a model. Throws `ShapeError`, naming the layer and both shapes, where they do not fit, and
 * `InvalidArgumentError` when two share a name or the last does not give one vector of logits an image.
 *
 * @example
 * ```ts
 * const { conv2d, dense, flatten, maxPool, relu } = layers;
 * const model = defineModel({
 *   name: "small",
 *   inputShape: [1, 28, 28],
 *   layers: [
 *     conv2d("conv1", { filters: 8, kernel: 5, padding: 2 }),
 *     relu("relu1"),
 *     maxPool("pool1", { window: 2 }),
 *     flatten("flatten"),
 *     dense("fc2", { units: 10 }),
 *   ],
 * });
 * ```
 */
export function defineModel(options: {
  readonly name: string;
  readonly inputShape: readonly [channels: number, height: number, width: number];
  readonly layers: readonly Layer[];
}): Model {
  checkOptions<typeof options>("defineModel", options, { name: true, inputShape: true, layers: true });
  const { name, inputShape, layers } = options;
  if (typeof name !== "string" || !Array.isArray(inputShape) || inputShape.length !== 3 || !Array.isArray(layers)) {
    throw new InvalidArgumentError("defineModel takes a name, an inputShape [C, H, W] and a list of layers.");
  }
  for (const extent of inputShape) {
    if (!Number.isSafeInteger(extent) || extent < 1) {
      throw new InvalidArgumentError(
        `The input shape of "${name}" holds positive whole numbers; got [${inputShape.join(", ")}].`,
      );
    }
  }
  const names = new Set<string>();
  for (const [position, layer] of layers.entries()) {
    if (typeof layer?.name !== "string") {
      throw new InvalidArgumentError(
        `Layer ${position + 1} of "${name}" must be made by a function of layers; got ${describeValue(layer)}.`,
      );
    }
    checkKind(`Layer "${layer.name}": kind`, layer.kind, layerKinds);
    if (names.has(layer.name)) throw new InvalidArgumentError(`"${name}" has two layers named "${layer.name}".`);
    names.add(layer.name);
  }
  const { logits, builder } = lower({ name, inputShape, layers }, { batch: 1, training: false });
  const outputShape: Shape = builder.shape(logits);
  if (outputShape.length !== 2) {
    throw new InvalidArgumentError(
      `"${name}" gives [${outputShape.join(", ")}] for one image, not one vector of logits. End it with a dense layer.`,
    );
  }
  return Object.freeze({ name, inputShape, classes: outputShape[1]!, layers: Object.freeze([...layers]) });
}
