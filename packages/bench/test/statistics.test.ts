import { expect, it } from "vitest";
import { quantile, spreadOf } from "../src/statistics.js";

it("takes the middle, and between two when there is none", () => {
  expect(quantile([3, 1, 2], 0.5)).toBe(2);
  expect(quantile([4, 1, 3, 2], 0.5)).toBe(2.5);
  expect(quantile([7], 0.25)).toBe(7);
});

it("tells the range of the middle half", () => {
  expect(spreadOf([10, 50, 20, 40, 30])).toEqual({ median: 30, lowerQuartile: 20, upperQuartile: 40 });
});
