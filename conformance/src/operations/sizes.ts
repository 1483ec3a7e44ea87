import type { Shape4 } from "@alexnet/core";

/** 1, and both sides of every power of two from 4 to `largest`: where blocks, tiles, vectors and work-groups end. */
export function sizesTo(largest: number): readonly number[] {
  const sizes = [1];
  for (let power = 4; power <= largest; power *= 2) sizes.push(power - 1, power, power + 1);
  return sizes;
}

/** The shapes of four axes that are each 1 or `extent`. */
export function withOnes(extent: number): readonly Shape4[] {
  const of = (bits: number, bit: number): number => (bits & bit ? extent : 1);
  return Array.from({ length: 16 }, (_, bits): Shape4 => [of(bits, 8), of(bits, 4), of(bits, 2), of(bits, 1)]);
}

/** How many values an update may have to deal with: few, and as many as no workgroup takes at once. */
export const elementCounts = sizesTo(65_536).filter((size) => size < 2000 || size > 60_000);
