import { DatasetError, ShapeError } from "../errors.js";
import type { Model } from "../model/model.js";
import { describeValue, fieldsOf } from "../support/options.js";
import { checkTensor, formatShape, sameShape } from "../tensor.js";
import type { Batch, Dataset } from "./dataset.js";
import { checkedLabels } from "./labels.js";

/**
 * Examples of a dataset, checked: what a dataset gives comes from elsewhere, and a batch that is not what the model takes
 * would train silently on some backends. Throws `ShapeError` for images of another shape or with too few values,
 * `DatasetError` for labels that are not one class index an image. What the dataset skips is not among them.
 */
export async function fetchExamples(
  model: Model,
  dataset: Dataset,
  indices: Uint32Array,
  epoch?: number,
): Promise<Batch> {
  if (indices.length === 0) {
    return { images: { shape: [0, ...model.inputShape], data: new Float32Array(0) }, labels: new Int32Array(0) };
  }
  const batch: unknown = await dataset.batch(indices, epoch);
  const name = `The dataset "${dataset.name}"`;
  if (typeof batch !== "object" || batch === null) {
    throw new DatasetError(`${name} gives ${describeValue(batch)} for a batch, not { images, labels }.`);
  }
  const { images, labels, skipped = [], release } = fieldsOf(batch);
  checkTensor(images, `The images of "${dataset.name}"`);
  if (!arePositions(skipped, indices.length)) {
    throw new DatasetError(
      `${name} skips ${describeValue(skipped)} of ${indices.length} images: these are no positions of some, the first first.`,
    );
  }
  const examples = indices.length - skipped.length;
  const expected = [examples, ...model.inputShape];
  if (!sameShape(images.shape, expected)) {
    throw new ShapeError(
      `${name} gives images of shape ${formatShape(images.shape)} where ${formatShape(expected)} were asked for.`,
    );
  }
  return {
    images,
    labels: checkedLabels(labels, examples, model.classes, name),
    skipped,
    ...(typeof release === "function" && { release: () => release.call(batch) }),
  };
}

function arePositions(value: unknown, length: number): value is readonly number[] {
  return (
    Array.isArray(value) &&
    value.every((position, at) => Number.isInteger(position) && position > (value[at - 1] ?? -1) && position < length)
  );
}
