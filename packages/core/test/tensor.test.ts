import { describe, expect, it } from "vitest";
import { formatShape, InvalidArgumentError, ShapeError, sameShape, sizeOf, tensor, zeros } from "../src/index.js";

describe("a shape", () => {
  it("has as its size the product of its extents, 1 for a scalar", () => {
    expect(sizeOf([2, 3, 4])).toBe(24);
    expect(sizeOf([2, 0])).toBe(0);
    expect(sizeOf([])).toBe(1);
  });

  it("is the same as another if all axes agree", () => {
    expect(sameShape([1, 2], [1, 2])).toBe(true);
    expect(sameShape([1, 2], [2, 1])).toBe(false);
    expect(sameShape([1, 2], [1, 2, 1])).toBe(false);
    expect(sameShape([], [])).toBe(true);
  });

  it("prints in brackets", () => {
    expect(formatShape([1, 3, 224, 224])).toBe("[1, 3, 224, 224]");
    expect(formatShape([])).toBe("[]");
  });
});

describe("a tensor", () => {
  it("shares the array it is made from, and makes float32 of a list", () => {
    const data = Float64Array.of(1, 2);
    expect(tensor([2], data).data).toBe(data);
    expect(tensor([1, 2], [1, 2]).data).toEqual(Float32Array.of(1, 2));
    expect(zeros([2, 2])).toEqual({ shape: [2, 2], data: new Float32Array(4) });
  });

  it("needs as many values as its shape holds", () => {
    expect(() => tensor([2, 3], [1, 2, 3])).toThrow(ShapeError);
    expect(() => tensor([2, 3], [1, 2, 3])).toThrow("A tensor of shape [2, 3] holds 6 values; got 3.");
  });

  it.each([[[-1]], [[1.5]], [[Number.NaN]]])("has no axis of extent %j", (shape) => {
    expect(() => tensor(shape, [])).toThrow(InvalidArgumentError);
  });
});
