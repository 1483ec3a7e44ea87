import { describe, expect, it } from "vitest";
import { apply, counting, gradientError, random, tensor64 } from "./helpers.js";

describe("reshape", () => {
  it("keeps the values in their order", async () => {
    expect(await apply("reshape", [counting([2, 3])], { shape: [3, 1, 2] })).toEqual(counting([3, 1, 2]));
  });

  it("has the gradient of finite differences", async () => {
    const inputs = { input: random("input", [2, 3, 2, 1]) };
    const error = await gradientError(inputs, ({ apply }) => apply("reshape", ["input"], { shape: [2, 6] }));
    expect(error).toBeLessThan(1e-6);
  });
});

describe("concat", () => {
  it("puts tensors side by side along the first, a middle and the last axis", async () => {
    const [a, b] = [counting([2, 1, 2]), counting([2, 1, 2], 5)];
    const along = async (axis: number) => apply("concat", [a, b], { axis });
    expect(await along(0)).toEqual(tensor64([4, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]));
    expect(await along(1)).toEqual(tensor64([2, 2, 2], [1, 2, 5, 6, 3, 4, 7, 8]));
    expect(await along(2)).toEqual(tensor64([2, 1, 4], [1, 2, 5, 6, 3, 4, 7, 8]));
  });

  it("takes parts of different extents, and one alone", async () => {
    const parts = [counting([1, 2]), counting([1, 1], 3), counting([1, 3], 4)];
    expect(await apply("concat", parts, { axis: 1 })).toEqual(counting([1, 6]));
    expect(await apply("concat", [counting([1, 2])], { axis: 1 })).toEqual(counting([1, 2]));
  });

  it.each([0, 1, 2])("has the gradients of finite differences along axis %i", async (axis) => {
    const extents = [2, 1, 3].map((extent) => [2, 3, 2].with(axis, extent));
    const inputs = Object.fromEntries(extents.map((shape, part) => [`part${part}`, random(`part${part}`, shape)]));
    const error = await gradientError(inputs, ({ apply }) => apply("concat", ["part0", "part1", "part2"], { axis }));
    expect(error).toBeLessThan(1e-6);
  });
});

describe("slice", () => {
  it("takes a part along the first, a middle and the last axis", async () => {
    const whole = counting([2, 3, 2]);
    const along = async (axis: number, start: number, end: number) => apply("slice", [whole], { axis, start, end });
    expect(await along(0, 1, 2)).toEqual(counting([1, 3, 2], 7));
    expect(await along(1, 1, 3)).toEqual(tensor64([2, 2, 2], [3, 4, 5, 6, 9, 10, 11, 12]));
    expect(await along(2, 1, 2)).toEqual(tensor64([2, 3, 1], [2, 4, 6, 8, 10, 12]));
  });

  it("gives back what was put together", async () => {
    const [a, b] = [random("a", [2, 3, 2]), random("b", [2, 2, 2])];
    const whole = await apply("concat", [a, b], { axis: 1 });
    expect(await apply("slice", [whole], { axis: 1, start: 0, end: 3 })).toEqual(a);
    expect(await apply("slice", [whole], { axis: 1, start: 3, end: 5 })).toEqual(b);
  });

  it("has as its gradient zeros with the gradient in its place", async () => {
    const result = await apply("sliceGrad", [counting([2, 1])], { axis: 1, start: 1, extent: 3 });
    expect(result).toEqual(tensor64([2, 3], [0, 1, 0, 0, 2, 0]));
  });

  it.each([0, 1, 2])("has the gradient of finite differences along axis %i", async (axis) => {
    const inputs = { input: random("input", [3, 4, 3]) };
    const error = await gradientError(inputs, ({ apply }) => apply("slice", ["input"], { axis, start: 1, end: 3 }));
    expect(error).toBeLessThan(1e-6);
  });
});
