import { type Dataset, DatasetError } from "@alexnet/core";
import { checkIndices } from "./check-indices.js";
import { bytesOf, digestOf } from "./digest.js";

/**
 * Some examples of a dataset, in this order; an index may come more than once. The subset is a view: disposing it
 * disposes the dataset. Throws `DatasetError` for an index outside it.
 */
export function subset(dataset: Dataset, indices: ArrayLike<number>): Dataset {
  checkIndices(dataset, indices);
  const kept = Int32Array.from(indices);
  return view(dataset, `${dataset.name}, ${kept.length} chosen`, kept, { chosen: digestOf(bytesOf(kept)) });
}

/**
 * The first `count` examples of a dataset. They are a view: disposing it disposes the dataset. Throws `DatasetError`
 * when there are fewer.
 */
export function take(dataset: Dataset, count: number): Dataset {
  if (!Number.isSafeInteger(count) || count < 0 || count > dataset.length) {
    throw new DatasetError(`Cannot take ${count} examples of ${dataset.name}, which has ${dataset.length}.`);
  }
  const kept = Int32Array.from({ length: count }, (_, index) => index);
  return view(dataset, `${dataset.name}, first ${count}`, kept, {});
}

function view(dataset: Dataset, name: string, kept: Int32Array, settings: Readonly<Record<string, unknown>>): Dataset {
  const { imageShape, classNames } = dataset;
  const whole: Dataset = {
    name,
    length: kept.length,
    imageShape,
    classNames,
    ...(dataset.settings && { settings: { ...dataset.settings, ...settings } }),
    ...(dataset.order && { order: (draw) => orderOfKept(dataset.order!(draw), kept, dataset.length) }),
    async batch(indices, epoch) {
      checkIndices(whole, indices);
      return dataset.batch(
        Int32Array.from(indices, (index) => kept[index]!),
        epoch,
      );
    },
    async dispose() {
      await dataset.dispose?.();
    },
  };
  return whole;
}

/** The places of the kept examples, in the order of the whole; those of one that is kept several times lie together. */
function orderOfKept(order: Uint32Array, kept: Int32Array, length: number): Uint32Array {
  const rank = new Uint32Array(length);
  for (const [position, index] of order.entries()) rank[index] = position;
  return Uint32Array.from(kept.keys()).sort((a, b) => rank[kept[a]!]! - rank[kept[b]!]! || a - b);
}
