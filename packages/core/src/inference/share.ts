import type { Dataset } from "../data/dataset.js";
import type { Communicator } from "../distributed/communicator.js";
import type { Evaluation, WorstExample } from "./evaluation.js";

/** The examples that a rank evaluates. */
export interface Share {
  readonly dataset: Dataset;
  /** The first image among those of all. */
  readonly first: number;
}

/** The examples that one of so many ranks evaluates: neighbors, about as many as others, all views of an image among them. */
export function shareOf(dataset: Dataset, { rank, size }: Pick<Communicator, "rank" | "size">, views = 1): Share {
  const images = dataset.length / views;
  const [first, end] = [rank, rank + 1].map((edge) => Math.floor((edge * images) / size)) as [number, number];
  const { name, imageShape, classNames } = dataset;
  return {
    first,
    dataset: {
      ...{ name, imageShape, classNames },
      length: (end - first) * views,
      batch: (indices) => dataset.batch(Uint32Array.from(indices, (index) => first * views + index)),
    },
  };
}

/** The evaluation of all ranks' shares, of which this one's is `undefined` where it has no examples. */
export async function addedUp(
  communicator: Communicator,
  own: Evaluation | undefined,
  { classes, first, worst }: { readonly classes: number; readonly first: number; readonly worst: number },
): Promise<Evaluation> {
  const { examples = 0, loss = 0, top1 = 0, top5 = 0, confusion = [], seconds = 0 } = own ?? {};
  const counts = confusion.length > 0 ? confusion.flat() : new Array<number>(classes * classes).fill(0);
  const figures = [examples, loss * examples, Math.round(top1 * examples), Math.round(top5 * examples)];
  const sums = Float64Array.of(...figures, ...counts);
  await communicator.allreduce(sums);
  const [all = 0, losses = 0, once = 0, five = 0] = sums;
  const table = Array.from(sums.subarray(figures.length));
  return {
    examples: all,
    loss: losses / all,
    top1: once / all,
    top5: five / all,
    confusion: Array.from({ length: classes }, (_, label) => table.slice(label * classes, (label + 1) * classes)),
    ...(worst > 0 && { worst: await worstOf(communicator, own?.worst ?? [], { first, worst }) }),
    seconds,
  };
}

/** The worst of all ranks' worst. */
async function worstOf(
  communicator: Communicator,
  own: readonly WorstExample[],
  { first, worst }: { readonly first: number; readonly worst: number },
): Promise<readonly WorstExample[]> {
  const width = 5;
  const rows = new Float64Array(worst * width).fill(-1);
  for (const [place, { index, label, answer, probability, loss }] of own.entries()) {
    rows.set([first + index, label, answer, probability, loss], place * width);
  }
  const all = await communicator.allgather(rows);
  const found = Array.from({ length: all.length / width }, (_, place): WorstExample => {
    const [index = 0, label = 0, answer = 0, probability = 0, loss = 0] = all.subarray(place * width);
    return { index, label, answer, probability, loss };
  });
  return found
    .filter(({ index }) => index >= 0)
    .toSorted((a, b) => b.loss - a.loss || a.index - b.index)
    .slice(0, worst);
}
