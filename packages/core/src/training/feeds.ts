import type { Batch } from "../data/dataset.js";
import { filledUp } from "../inference/filled-up.js";
import { oneHot } from "../inference/scores.js";
import type { ModelProgram } from "../model/programs.js";
import { dropoutMask } from "../random/random.js";
import { sizeOf, type Tensor, type TensorMap } from "../tensor.js";

/**
 * What a training program is fed at a step (0-based): images, labels, the learning rate, and dropout masks drawn for this
 * seed, layer and step.
 *
 * A batch smaller than the program's is filled up with black images that have no label, and the labels of the others are
 * weighted up: the mean over the whole batch is then the mean over the examples there are, and the rest adds no gradient.
 * So one compiled program serves every batch of an epoch, the last one included.
 */
export function trainingFeed(
  { program, masks }: ModelProgram,
  { images, labels }: Batch,
  options: { readonly classes: number; readonly learningRate: number; readonly seed: number; readonly step: number },
): TensorMap {
  const { classes, learningRate, seed, step } = options;
  const size = program.inputs.images![0]!;
  const feed: Record<string, Tensor> = {
    images: filledUp(images, size),
    labels: filledUp(oneHot(labels, classes, size / labels.length), size),
    learningRate: { shape: [], data: Float32Array.of(learningRate) },
  };
  for (const { input, layer, shape, rate } of masks) {
    feed[input] = { shape, data: dropoutMask({ seed, purpose: `dropout:${layer}`, step }, rate, sizeOf(shape)) };
  }
  return feed;
}
