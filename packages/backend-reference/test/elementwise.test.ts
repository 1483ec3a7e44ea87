import { describe, expect, it } from "vitest";
import { apply, counting, gradientError, random, tensor64 } from "./helpers.js";

describe("multiply, add and scale", () => {
  it("work element by element", async () => {
    const [a, b] = [counting([2, 2]), tensor64([2, 2], [10, 20, 0, -1])];
    expect(await apply("multiply", [a, b], {})).toEqual(tensor64([2, 2], [10, 40, 0, -4]));
    expect(await apply("add", [a, b], {})).toEqual(tensor64([2, 2], [11, 22, 3, 3]));
    expect(await apply("scale", [a], { factor: -0.5 })).toEqual(tensor64([2, 2], [-0.5, -1, -1.5, -2]));
  });

  it("work on scalars", async () => {
    expect(await apply("add", [tensor64([], [1]), tensor64([], [2])], {})).toEqual(tensor64([], [3]));
  });

  it.each(["multiply", "add"] as const)("%s has the gradients of finite differences", async (kind) => {
    const inputs = { a: random("a", [2, 3, 2]), b: random("b", [2, 3, 2]) };
    expect(await gradientError(inputs, ({ apply }) => apply(kind, ["a", "b"], {}))).toBeLessThan(1e-6);
  });

  it.each(["multiply", "add"] as const)("%s of a value with itself hands it both gradients", async (kind) => {
    const inputs = { a: random("a", [2, 3]) };
    expect(await gradientError(inputs, ({ apply }) => apply(kind, ["a", "a"], {}))).toBeLessThan(1e-6);
  });

  it("scale has the gradient of finite differences", async () => {
    const inputs = { a: random("a", [3, 3]) };
    expect(await gradientError(inputs, ({ apply }) => apply("scale", ["a"], { factor: -2.5 }))).toBeLessThan(1e-6);
  });
});
