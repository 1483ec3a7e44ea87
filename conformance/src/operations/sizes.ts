import type { Shape } from "@alexnet/core";

/** 1, and both sides of every power of two from 4 to `largest`: where blocks, tiles, vectors and work-groups end. */
export function sizesTo(largest: number): readonly number[] {
  const sizes = [1];
  for (let power = 4; power <= largest; power *= 2) sizes.push(power - 1, power, power + 1);
  return sizes;
}

/** The shapes of four axes that are each 1 or `extent`. */
export function withOnes(extent: number): readonly Shape[] {
  return Array.from({ length: 16 }, (_, bits) => [8, 4, 2, 1].map((bit) => (bits & bit ? extent : 1)));
}
