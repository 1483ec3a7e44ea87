import { describe, expect, it } from "vitest";
import { DatasetError, oneHot, topClasses } from "../../src/index.js";
import { bestClass, checkFinite, crossEntropy, rankOf } from "../../src/inference/scores.js";

describe("metrics", () => {
  it("rank a class by how many score higher, the first of equals first", () => {
    const scores = [0.1, 0.5, 0.5, 0.9];
    expect([0, 1, 2, 3].map((label) => rankOf(scores, label))).toEqual([3, 1, 2, 0]);
    expect(bestClass([2, 7, 7])).toBe(1);
    expect(topClasses(scores, 3).map(({ index }) => index)).toEqual([3, 1, 2]);
    expect(() => topClasses(scores, 0)).toThrow(/at least 1; got 0/);
  });

  it("compute the cross-entropy of huge logits without overflow", () => {
    expect(crossEntropy([0, 0], 0)).toBeCloseTo(Math.log(2), 15);
    expect(crossEntropy([1000, 0], 1)).toBe(1000);
    expect(crossEntropy([-1000, -1000, -1000], 2)).toBeCloseTo(Math.log(3), 12);
  });

  it("refuse to rank what is not finite", () => {
    for (const unfit of [Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(() => topClasses([0.1, unfit], 2)).toThrow(`The probability of class 1 is ${unfit}`);
      const scores = { shape: [2, 2], data: Float32Array.of(0, 1, 2, unfit) };
      expect(() => checkFinite(scores, 2, "m")).toThrow(`"m" answers ${unfit} for class 1 of image 1`);
      expect(() => checkFinite(scores, 1, "m")).not.toThrow();
    }
  });

  it("turn labels into distributions and name a label that is no class", () => {
    expect([...oneHot(Int32Array.of(2, 0), 3).data]).toEqual([0, 0, 1, 1, 0, 0]);
    expect(() => oneHot(Int32Array.of(3), 3)).toThrow(DatasetError);
    expect(() => oneHot(Int32Array.of(-1), 3)).toThrow(/labels image 0 of a batch -1; with 3 classes/);
  });
});
