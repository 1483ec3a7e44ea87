import { describe, expect, it } from "vitest";
import { apply, counting, gradientError, random, tensor64 } from "./helpers.js";

const TRANSPOSES = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

describe("matmul", () => {
  it.each(TRANSPOSES)(
    "multiplies matrices, a transposed: $transposeA, b transposed: $transposeB",
    async (attributes) => {
      // [1 2 3; 4 5 6] · [1 2; 3 4; 5 6], each stored the way it is announced.
      const a = attributes.transposeA ? tensor64([3, 2], [1, 4, 2, 5, 3, 6]) : counting([2, 3]);
      const b = attributes.transposeB ? tensor64([2, 3], [1, 3, 5, 2, 4, 6]) : counting([3, 2]);
      expect(await apply("matmul", [a, b], attributes)).toEqual(tensor64([2, 2], [22, 28, 49, 64]));
    },
  );

  it.each(TRANSPOSES)(
    "has the gradients of finite differences, a transposed: $transposeA, b transposed: $transposeB",
    async (attributes) => {
      const inputs = {
        a: random("a", attributes.transposeA ? [5, 3] : [3, 5]),
        b: random("b", attributes.transposeB ? [4, 5] : [5, 4]),
      };
      const error = await gradientError(inputs, ({ apply }) => apply("matmul", ["a", "b"], attributes));
      expect(error).toBeLessThan(1e-6);
    },
  );
});

describe("addBias", () => {
  it("adds one value to each channel of each image", async () => {
    const images = counting([2, 2, 1, 2]);
    const result = await apply("addBias", [images, tensor64([2], [10, 20])], {});
    expect(result.data).toEqual(Float64Array.of(11, 12, 23, 24, 15, 16, 27, 28));
  });

  it("adds one value to each column of a matrix", async () => {
    const result = await apply("addBias", [counting([2, 3]), tensor64([3], [10, 20, 30])], {});
    expect(result.data).toEqual(Float64Array.of(11, 22, 33, 14, 25, 36));
  });

  it("has as its gradient the sum over everything but the channels", async () => {
    const result = await apply("biasGrad", [counting([2, 2, 1, 2])], {});
    expect(result).toEqual(tensor64([2], [1 + 2 + 5 + 6, 3 + 4 + 7 + 8]));
  });

  it.each([[[3, 4]], [[2, 3, 2, 2]], [[2, 3, 1, 1]]])(
    "has the gradients of finite differences on %j",
    async (shape) => {
      const inputs = { input: random("input", shape), bias: random("bias", shape.slice(1, 2)) };
      const error = await gradientError(inputs, ({ apply }) => apply("addBias", ["input", "bias"], {}));
      expect(error).toBeLessThan(1e-6);
    },
  );
});
