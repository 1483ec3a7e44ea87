import { type Shape, sizeOf, type Tensor } from "@alexnet/core";
import type { OperationAttributes } from "@alexnet/core/program";
import { permutation } from "@alexnet/core/random";
import { describe, expect, it } from "vitest";
import { apply, counting, gradientError, random, tensor64 } from "./helpers.js";

/** Values in random order, no two closer than 0.1, so that a small step changes no maximum. */
function farApart(shape: Shape): Tensor {
  const order = permutation({ seed: 1, purpose: "order" }, sizeOf(shape));
  return tensor64(
    shape,
    Array.from(order, (place) => 0.1 * (place - order.length / 2)),
  );
}

const POOL_2X2 = { window: [2, 2], stride: [2, 2] } as const;
const MAX_2X2: OperationAttributes["maxPool"] = { ...POOL_2X2, padding: [0, 0, 0, 0] };
const MAX_3X3: OperationAttributes["maxPool"] = { window: [3, 3], stride: [2, 2], padding: [0, 0, 0, 0] };

/** The gradient of max pooling when every window is handed 1, 10, 100, …. */
async function gradientOfPowers(input: Tensor, attributes: OperationAttributes["maxPool"]): Promise<Tensor> {
  const output = await apply("maxPool", [input], attributes);
  const gradient = tensor64(
    output.shape,
    Array.from(output.data, (_, window) => 10 ** window),
  );
  return apply("maxPoolGrad", [input, output, gradient], attributes);
}

describe("maxPool", () => {
  it("takes the largest value of each window", async () => {
    const result = await apply("maxPool", [counting([1, 2, 2, 4])], MAX_2X2);
    expect(result).toEqual(tensor64([1, 2, 1, 2], [6, 8, 14, 16]));
  });

  it("overlaps its windows where the stride is smaller, and rounds the output size down", async () => {
    const result = await apply("maxPool", [counting([1, 1, 4, 6])], MAX_3X3);
    expect(result).toEqual(tensor64([1, 1, 1, 2], [15, 17]));
  });

  it("never lets padding win", async () => {
    const negative = tensor64([1, 1, 2, 2], [-4, -3, -2, -1]);
    const result = await apply("maxPool", [negative], { window: [2, 2], stride: [1, 1], padding: [1, 1, 1, 1] });
    expect(result).toEqual(tensor64([1, 1, 3, 3], [-4, -3, -3, -2, -1, -1, -2, -1, -1]));
  });

  it("passes minus infinity on", async () => {
    const lowest = tensor64([1, 1, 2, 2], new Float64Array(4).fill(Number.NEGATIVE_INFINITY));
    expect((await apply("maxPool", [lowest], MAX_2X2)).data).toEqual(Float64Array.of(Number.NEGATIVE_INFINITY));
    expect((await gradientOfPowers(lowest, MAX_2X2)).data).toEqual(Float64Array.of(1, 0, 0, 0));
  });

  it.each([0, 1, 2, 3])("passes a NaN at position %i of the window on", async (position) => {
    const values = [1, 2, 4, 3];
    values[position] = Number.NaN;
    expect((await apply("maxPool", [tensor64([1, 1, 2, 2], values)], MAX_2X2)).data).toEqual(
      Float64Array.of(Number.NaN),
    );
  });
});

describe("maxPoolGrad", () => {
  it("hands the gradient to the first of equal maxima, in row-major order", async () => {
    const ties = tensor64([1, 1, 2, 4], [1, 5, 7, 7, 5, 5, 7, 7]);
    expect((await gradientOfPowers(ties, MAX_2X2)).data).toEqual(Float64Array.of(0, 1, 10, 0, 0, 0, 0, 0));
  });

  it("adds up what overlapping windows hand to one value", async () => {
    const peak = tensor64([1, 1, 3, 5], [0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0]);
    expect((await gradientOfPowers(peak, MAX_3X3)).data[7]).toBe(11);
  });
});

const PLACES = [
  { name: "3x3 windows, stride 2", input: [2, 2, 7, 5], window: [3, 3], stride: [2, 2] },
  { name: "a remainder", input: [1, 2, 6, 8], window: [3, 3], stride: [2, 2] },
  { name: "a stride wider than the window", input: [1, 2, 7, 8], window: [2, 1], stride: [3, 2] },
  { name: "1x1 images", input: [2, 3, 1, 1], window: [1, 1], stride: [1, 1] },
  { name: "one window over the whole image", input: [2, 2, 4, 3], window: [4, 3], stride: [4, 3] },
] as const;

describe("gradients of finite differences", () => {
  it.each([
    ...PLACES.map((place) => ({ ...place, padding: [0, 0, 0, 0] as const })),
    { name: "padding", input: [1, 2, 6, 5], window: [3, 3], stride: [2, 2], padding: [1, 1, 1, 1] as const },
    {
      name: "padding on one side",
      input: [1, 2, 5, 6],
      window: [3, 2],
      stride: [2, 2],
      padding: [2, 0, 0, 1] as const,
    },
    {
      name: "1x1 images in padding",
      input: [2, 2, 1, 1],
      window: [3, 3],
      stride: [1, 1],
      padding: [1, 1, 1, 1] as const,
    },
  ])("maxPool with $name", async ({ input, name: _, ...attributes }) => {
    const pooled = { input: farApart(input) };
    const error = await gradientError(pooled, ({ apply }) =>
      apply("maxPool", ["input"], attributes as OperationAttributes["maxPool"]),
    );
    expect(error).toBeLessThan(1e-6);
  });

  it.each(PLACES)("avgPool with $name", async ({ input, name: _, ...attributes }) => {
    const error = await gradientError({ input: random("input", input) }, ({ apply }) =>
      apply("avgPool", ["input"], attributes),
    );
    expect(error).toBeLessThan(1e-6);
  });
});

describe("avgPool", () => {
  it("takes the mean of each window", async () => {
    const result = await apply("avgPool", [counting([1, 2, 2, 4])], POOL_2X2);
    expect(result).toEqual(tensor64([1, 2, 1, 2], [3.5, 5.5, 11.5, 13.5]));
  });

  it("leaves out the rows and columns that do not fill a window", async () => {
    const result = await apply("avgPool", [counting([1, 1, 3, 5])], POOL_2X2);
    expect(result).toEqual(tensor64([1, 1, 1, 2], [4, 6]));
  });

  it("spreads its gradient evenly, adding up where windows overlap", async () => {
    const attributes = { window: [1, 2], stride: [1, 1], inputSize: [1, 4] } as const;
    const result = await apply("avgPoolGrad", [tensor64([1, 1, 1, 3], [2, 4, 8])], attributes);
    expect(result).toEqual(tensor64([1, 1, 1, 4], [1, 3, 6, 4]));
  });
});
