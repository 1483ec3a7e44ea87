import { describe, expect, it } from "vitest";
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
});
