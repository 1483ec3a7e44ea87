import type { Batch } from "../data/dataset.js";
import { filledUp } from "../inference/filled-up.js";
import { oneHot } from "../inference/scores.js";
import type { ModelProgram } from "../model/programs.js";
import { type Optimizer, optimizerScalars } from "../optimizer/optimizer.js";
import type { UpdatePosition } from "../optimizer/rule.js";
import { dropoutMask } from "../random/random.js";
import { sizeOf, type Tensor, type TensorMap } from "../tensor.js";

/**
 * What a training program is fed at a step (0-based) beside the optimizer's scalars, which an evaluation in between may decide:
 * images, labels, and dropout masks drawn for this seed, layer and step.
 *
 * A batch smaller than the program's is filled up with black images that have no label, and the labels of the others are
 * weighted up: the mean over the whole batch is then the mean over the examples there are, and the rest adds no gradient.
 * So one compiled program serves every batch of an epoch, the last one included.
 */
export function trainingFeed(
  { program, masks }: ModelProgram,
  { images, labels }: Batch,
  options: { readonly classes: number; readonly seed: number; readonly step: number },
): TensorMap {
  const { classes, seed, step } = options;
  const size = program.inputs.images![0]!;
  const feed: Record<string, Tensor> = {
    images: filledUp(images, size),
    // Where all examples were skipped there is nothing to weight.
    labels: filledUp(oneHot(labels, classes, size / Math.max(labels.length, 1)), size),
  };
  for (const { input, layer, shape, rate } of masks) {
    feed[input] = { shape, data: dropoutMask({ seed, purpose: `dropout:${layer}`, step }, rate, sizeOf(shape)) };
  }
  return feed;
}

/** The optimizer's scalars in single precision, as every backend takes them: in float64 one would train at another rate. */
export function scalarFeed(optimizer: Optimizer, at: UpdatePosition): TensorMap {
  return Object.fromEntries(
    Object.entries(optimizerScalars(optimizer, at)).map(([name, { shape, data }]) => [
      name,
      { shape, data: Float32Array.from(data) },
    ]),
  );
}
