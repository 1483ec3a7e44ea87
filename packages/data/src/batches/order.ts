import { permutation } from "@alexnet/core/random";

/** Epochs and windows count in one 53-bit number. */
const MOST_WINDOWS = 2 ** 21;

/** The shard that an example is in, by the indices of the shards' first examples. */
export function shardOf(firsts: readonly number[], index: number): number {
  let [low, high] = [0, firsts.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (firsts[middle]! <= index) low = middle;
    else high = middle - 1;
  }
  return low;
}

/**
 * An order of examples that lie in shards: the shards in random order, and what lies in some that follow each other, together at
 * least `buffer` examples, in random order. So only a few shards are read from at a time. `firsts` are the indices of their first
 * examples.
 */
export function shardedOrder(
  firsts: readonly number[],
  length: number,
  buffer: number,
  { seed, epoch }: { readonly seed: number; readonly epoch: number },
): Uint32Array {
  const order = new Uint32Array(length);
  const shards = permutation({ seed, purpose: "shuffle:shards", step: epoch }, firsts.length);
  let [start, end, window] = [0, 0, 0];
  const close = (): void => {
    const inside = order.slice(start, end);
    const places = permutation({ seed, purpose: "shuffle:window", step: epoch * MOST_WINDOWS + window }, end - start);
    for (const [position, place] of places.entries()) order[start + position] = inside[place]!;
    start = end;
    window++;
  };
  for (const shard of shards) {
    const next = firsts[shard + 1] ?? length;
    for (let index = firsts[shard]!; index < next; index++) order[end++] = index;
    if (end - start >= buffer) close();
  }
  if (end > start) close();
  return order;
}
