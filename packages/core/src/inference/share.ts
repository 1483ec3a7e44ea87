import type { Dataset } from "../data/dataset.js";
import type { Communicator } from "../distributed/communicator.js";
import type { Evaluation } from "./evaluation.js";

/** The examples that one of so many ranks evaluates: neighbors, about as many as others, all views of an image among them. */
export function shareOf(dataset: Dataset, rank: number, ranks: number, views = 1): Dataset {
  const images = dataset.length / views;
  const [from, to] = [rank, rank + 1].map((end) => Math.floor((end * images) / ranks) * views) as [number, number];
  const { name, imageShape, classNames } = dataset;
  return {
    ...{ name, imageShape, classNames },
    length: to - from,
    batch: (indices) => dataset.batch(Uint32Array.from(indices, (index) => from + index)),
  };
}

/** The evaluation of all ranks' shares; `undefined` of a share of none. Without the worst examples. */
export async function addedUp(
  communicator: Communicator,
  classes: number,
  own: Evaluation | undefined,
): Promise<Evaluation> {
  const { examples = 0, loss = 0, top1 = 0, top5 = 0, confusion = [], seconds = 0 } = own ?? {};
  const counts = confusion.length > 0 ? confusion.flat() : new Array<number>(classes * classes).fill(0);
  const sums = Float64Array.of(
    examples,
    loss * examples,
    Math.round(top1 * examples),
    Math.round(top5 * examples),
    ...counts,
  );
  await communicator.allreduce(sums);
  const [all = 0, losses = 0, first = 0, fifth = 0, ...table] = sums;
  return {
    examples: all,
    loss: losses / all,
    top1: first / all,
    top5: fifth / all,
    confusion: Array.from({ length: classes }, (_, label) => table.slice(label * classes, (label + 1) * classes)),
    seconds,
  };
}
