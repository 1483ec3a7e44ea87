import type { Batch } from "../data/dataset.js";
import { filledUp } from "../inference/filled-up.js";
import { oneHot } from "../inference/scores.js";
import type { ModelProgram } from "../model/programs.js";
import { type Optimizer, optimizerScalars } from "../optimizer/optimizer.js";
import { dropoutMask } from "../random/random.js";
import { sizeOf, type Tensor, type TensorMap } from "../tensor.js";

/**
 * What a training program is fed at a step (0-based): images, labels, the optimizer's scalars, and dropout masks drawn for
 * this seed, layer and step.
 *
 * A batch smaller than the program's is filled up with black images that have no label, and the labels of the others are
 * weighted up: the mean over the whole batch is then the mean over the examples there are, and the rest adds no gradient.
 * So one compiled program serves every batch of an epoch, the last one included.
 */
export function trainingFeed(
  { program, masks }: ModelProgram,
  { images, labels }: Batch,
  options: {
    readonly classes: number;
    readonly optimizer: Optimizer;
    readonly learningRate: number;
    readonly seed: number;
    readonly step: number;
  },
): TensorMap {
  const { classes, optimizer, learningRate, seed, step } = options;
  const size = program.inputs.images![0]!;
  const feed: Record<string, Tensor> = {
    images: filledUp(images, size),
    // Where all examples were skipped there is nothing to weight.
    labels: filledUp(oneHot(labels, classes, size / Math.max(labels.length, 1)), size),
    ...inSinglePrecision(optimizerScalars(optimizer, { step, learningRate })),
  };
  for (const { input, layer, shape, rate } of masks) {
    feed[input] = { shape, data: dropoutMask({ seed, purpose: `dropout:${layer}`, step }, rate, sizeOf(shape)) };
  }
  return feed;
}

/** As every backend takes them: one that computes in float64 would train at another rate otherwise. */
function inSinglePrecision(tensors: TensorMap): TensorMap {
  return Object.fromEntries(
    Object.entries(tensors).map(([name, { shape, data }]) => [name, { shape, data: Float32Array.from(data) }]),
  );
}
