import { normal } from "@alexnet/core/random";
import { describe, expect, it } from "vitest";
import { amplification } from "../src/winograd/amplification.js";
import { cookToom, type Matrix } from "../src/winograd/cook-toom.js";

const times = (matrix: Matrix, vector: readonly number[]): readonly number[] =>
  matrix.map((row) => row.reduce((sum, value, column) => sum + value * (vector[column] as number), 0));

describe("Cook and Toom's algorithm", () => {
  const sizes = [2, 3, 4, 5, 6, 7].flatMap((taps) =>
    Array.from({ length: 8 - taps }, (_, index) => [index + 2, taps] as const),
  );

  it.each(sizes)("makes %i outputs of a filter of %i taps", (outputs, taps) => {
    const { points, inverse, filter, input } = cookToom(outputs, taps);
    expect(points).toBe(outputs + taps - 1);
    const signal = Array.from({ length: points }, (_, index) => Math.sin(index + 1));
    const weights = Array.from({ length: taps }, (_, index) => Math.cos(3 * index));
    const seen = times(input, signal);
    const result = times(
      inverse,
      times(filter, weights).map((value, point) => value * (seen[point] as number)),
    );
    const expected = Array.from({ length: outputs }, (_, at) =>
      weights.reduce((sum, weight, tap) => sum + weight * (signal[at + tap] as number), 0),
    );
    for (const [at, value] of result.entries()) expect(value).toBeCloseTo(expected[at] as number, 10);
  });

  it("is Winograd's F(2, 3) but for the scale of its points", () => {
    const { inverse, filter } = cookToom(2, 3);
    expect(inverse).toEqual([
      [1, 1, 1, 0],
      [0, 1, -1, 1],
    ]);
    expect(filter.map((row) => row.map(Math.abs))).toEqual([
      [1, 0, 0],
      [0.5, 0.5, 0.5],
      [0.5, 0.5, 0.5],
      [0, 0, 1],
    ]);
  });

  it.each([
    [2, 3],
    [4, 3],
    [6, 3],
    [4, 5],
  ])("of %i outputs and %i taps rounds about as its amplification says", (outputs, taps) => {
    const CHANNELS = 64;
    const TILES = 400;
    const tile = cookToom(outputs, taps);
    const draws = normal({ seed: 1, purpose: `${outputs} of ${taps}` }, 2 * TILES * CHANNELS * tile.points).map(
      Math.fround,
    );
    let next = 0;
    const drawn = (count: number): readonly number[] => {
      next += count;
      return Array.from(draws.subarray(next - count, next));
    };
    const [squares, sums] = [Array(outputs).fill(0) as number[], Array(outputs).fill(0) as number[]];
    for (let repetition = 0; repetition < TILES; repetition++) {
      const channels = Array.from({ length: CHANNELS }, () => ({ signal: drawn(tile.points), weights: drawn(taps) }));
      const exact = Array.from({ length: outputs }, (_, at) =>
        channels.reduce((all, { signal, weights }) => all + dot(weights, signal.slice(at, at + taps)), 0),
      );
      const direct = Array.from({ length: outputs }, (_, at) =>
        rounded(channels.flatMap(({ signal, weights }) => weights.map((weight, tap) => [weight, signal[at + tap]]))),
      );
      const points = channels.map(({ signal, weights }) => ({
        seen: tile.input.map((row) => rounded(row.map((value, index) => [value, signal[index]]))),
        filters: tile.filter.map((row) => rounded(row.map((value, index) => [value, weights[index]]))),
      }));
      const products = Array.from({ length: tile.points }, (_, point) =>
        rounded(points.map(({ seen, filters }) => [seen[point], filters[point]])),
      );
      for (let at = 0; at < outputs; at++) {
        const found = rounded((tile.inverse[at] as readonly number[]).map((value, point) => [value, products[point]]));
        squares[at] = (squares[at] as number) + (found - (exact[at] as number)) ** 2;
        sums[at] = (sums[at] as number) + ((direct[at] as number) - (exact[at] as number)) ** 2;
      }
    }
    const measured = Math.max(...squares.map((square, at) => Math.sqrt(square / (sums[at] as number))));
    // With so few channels what the transforms round shows as well.
    expect(measured).toBeLessThan(1.3 * amplification(tile));
    expect(measured).toBeGreaterThan(amplification(tile) / 8);
  });
});

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, index) => sum + value * (b[index] as number), 0);
}

/** A sum of products as float32 has it, one after the other. */
function rounded(pairs: readonly (readonly (number | undefined)[])[]): number {
  return pairs.reduce((sum, [a, b]) => Math.fround(sum + Math.fround((a as number) * (b as number))), 0);
}
