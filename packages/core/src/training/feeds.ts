import type { ModelProgram } from "../model/programs.js";
import { dropoutMask } from "../random/random.js";
import { sizeOf, type Tensor, type TensorMap } from "../tensor.js";
import type { Batch } from "./dataset.js";
import { oneHot } from "./metrics.js";

/**
 * What a training program is fed at a step (0-based): images, one-hot labels, the learning rate, and dropout masks drawn
 * for this seed, layer and step.
 */
export function trainingFeed(
  { masks }: ModelProgram,
  { images, labels }: Batch,
  options: { readonly classes: number; readonly learningRate: number; readonly seed: number; readonly step: number },
): TensorMap {
  const { classes, learningRate, seed, step } = options;
  const feed: Record<string, Tensor> = {
    images,
    labels: oneHot(labels, classes),
    learningRate: { shape: [], data: Float32Array.of(learningRate) },
  };
  for (const { input, layer, shape, rate } of masks) {
    feed[input] = { shape, data: dropoutMask({ seed, purpose: `dropout:${layer}`, step }, rate, sizeOf(shape)) };
  }
  return feed;
}
