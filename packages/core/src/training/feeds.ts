import type { Batch } from "../data/dataset.js";
import { keptPositions } from "../data/kept-positions.js";
import { alone, type Communicator } from "../distributed/communicator.js";
import { type Layout, localShape, whole } from "../distributed/layout.js";
import { filledUp } from "../inference/filled-up.js";
import type { ModelProgram } from "../model/programs.js";
import { type Optimizer, optimizerScalars } from "../optimizer/optimizer.js";
import type { UpdatePosition } from "../optimizer/rule.js";
import { dropoutMask } from "../random/random.js";
import { sizeOf, type Tensor, type TensorMap } from "../tensor.js";

/** The label of a row without an example. */
const NONE = -1;

/**
 * The images of a batch as so many rows. Each example has the row of its position in the batch, whatever else is skipped: its dropout masks are
 * those of the row. The others are black.
 */
export function imageRows({ images, labels, skipped = [] }: Batch, rows: number): Tensor {
  if (skipped.length === 0) return filledUp(images, rows);
  const size = sizeOf(images.shape.slice(1));
  const data = new Float32Array(rows * size);
  for (const [example, row] of keptPositions(labels.length + skipped.length, skipped).entries()) {
    data.set(images.data.subarray(example * size, (example + 1) * size), row * size);
  }
  return { shape: [rows, ...images.shape.slice(1)], data };
}

/** The label of each row; -1 where there is no example. */
export function labelRows({ labels, skipped = [] }: Pick<Batch, "labels" | "skipped">, rows: number): Int32Array {
  const all = new Int32Array(rows).fill(NONE);
  for (const [example, row] of keptPositions(labels.length + skipped.length, skipped).entries())
    all[row] = labels[example]!;
  return all;
}

/**
 * Labels as a training program takes them, `[N, classes]`. Those there are are weighted up: the mean over the whole batch is then the mean over the
 * examples there are, and the rest adds no gradient. So one compiled program serves every batch of an epoch, the last one included.
 */
export function weightedLabels(labels: Int32Array, classes: number): Tensor {
  const examples = labels.reduce((count, label) => count + Number(label >= 0), 0);
  // Where all examples were skipped there is nothing to weight.
  const weight = labels.length / Math.max(examples, 1);
  const data = new Float32Array(labels.length * classes);
  for (const [row, label] of labels.entries()) if (label >= 0) data[row * classes + label] = weight;
  return { shape: [labels.length, classes], data };
}

/** A dropout mask of a program. */
type Mask = ModelProgram["masks"][number];

/** Which random numbers a step (0-based) draws. */
export interface Draw {
  readonly seed: number;
  readonly step: number;
}

/** The dropout masks of a step, drawn for this seed and each layer. */
export function maskFeed(masks: readonly Mask[], draw: Draw): TensorMap {
  return Object.fromEntries(masks.map((mask) => [mask.input, drawnPart(mask, draw, whole, alone)]));
}

/** A rank's part of a dropout mask: no more of it is drawn. */
export function drawnPart(
  { layer, shape, rate }: Mask,
  { seed, step }: Draw,
  layout: Layout,
  { rank, size }: Pick<Communicator, "rank" | "size">,
): Tensor {
  const key = { seed, purpose: `dropout:${layer}`, step };
  if (layout.kind !== "divided") return { shape, data: dropoutMask(key, rate, sizeOf(shape)) };
  const own = localShape(shape, layout, size);
  const data = new Float32Array(sizeOf(own));
  const width = data.length / layout.before;
  for (let row = 0; row < layout.before; row++) {
    data.set(dropoutMask(key, rate, width, (row * size + rank) * width), row * width);
  }
  return { shape: own, data };
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
