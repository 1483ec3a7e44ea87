/** 1, and both sides of every power of two from 4 to `largest`: where blocks, tiles, vectors and work-groups end. */
export function sizesTo(largest: number): readonly number[] {
  const sizes = [1];
  for (let power = 4; power <= largest; power *= 2) sizes.push(power - 1, power, power + 1);
  return sizes;
}

/** The same, each with what the rest of a table says in turn. */
export function paired<T>(sizes: readonly number[], others: readonly T[]): readonly (readonly [number, T])[] {
  return sizes.map((size, index) => [size, others[index % others.length] as T]);
}
