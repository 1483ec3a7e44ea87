import { describe, expect, it } from "vitest";
import { apply, gradientError, random, tensor64 } from "./helpers.js";

/** Applies an operation without attributes to rows of numbers. */
async function on(kind: "relu" | "sigmoid" | "tanh" | "reluGrad" | "sigmoidGrad" | "tanhGrad", ...rows: number[][]) {
  const inputs = rows.map((row) => tensor64([row.length], row));
  return Array.from((await apply(kind, inputs, {})).data);
}

describe("relu", () => {
  it("cuts off what is negative", async () => {
    expect(await on("relu", [-2, -0, 0, 3, Number.NEGATIVE_INFINITY])).toEqual([0, 0, 0, 3, 0]);
  });

  it("passes NaN on", async () => {
    expect(await on("relu", [Number.NaN])).toEqual([Number.NaN]);
  });

  it("has gradient 0 at 0", async () => {
    expect(await on("reluGrad", [0, 0, 3, 1e-300], [5, -5, 7, 9])).toEqual([0, 0, 7, 9]);
  });
});

describe("sigmoid", () => {
  it("goes from 0 to 1 without overflow", async () => {
    expect(await on("sigmoid", [-1000, 0, 1000])).toEqual([0, 0.5, 1]);
    expect((await on("sigmoid", [Math.log(3)]))[0]).toBeCloseTo(0.75, 15);
  });

  it("has its gradient written in its output", async () => {
    expect(await on("sigmoidGrad", [0, 0.25, 0.5, 1], [8, 16, 4, 8])).toEqual([0, 3, 1, 0]);
  });
});

describe("tanh", () => {
  it("goes from −1 to 1 without overflow", async () => {
    expect(await on("tanh", [-1000, 0, 1000])).toEqual([-1, 0, 1]);
    expect((await on("tanh", [Math.log(3) / 2]))[0]).toBeCloseTo(0.5, 15);
  });

  it("has its gradient written in its output", async () => {
    expect(await on("tanhGrad", [-1, 0.5, 0], [8, 4, 4])).toEqual([0, 3, 4]);
  });
});

describe("gradients of finite differences", () => {
  // Kept away from 0, where relu has a kink.
  const values = tensor64(
    [3, 4, 2],
    random("values", [3, 4, 2]).data.map((x) => 3 * x + Math.sign(x) * 0.1),
  );

  it.each(["relu", "sigmoid", "tanh"] as const)("%s", async (kind) => {
    const error = await gradientError({ input: values }, ({ apply }) => apply(kind, ["input"], {}));
    expect(error).toBeLessThan(1e-6);
  });
});
