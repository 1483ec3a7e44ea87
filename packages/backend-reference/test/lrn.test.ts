import type { OperationAttributes } from "@alexnet/core/program";
import { describe, expect, it } from "vitest";
import { apply, gradientError, random, tensor64 } from "./helpers.js";

const PAPER: OperationAttributes["lrn"] = { size: 5, k: 2, alpha: 1e-4, beta: 0.75 };

describe("lrn", () => {
  it("divides by (k + alpha · Σ a²)^beta over the neighboring channels that exist, alpha as given", async () => {
    const channels = tensor64([1, 4, 1, 1], [1, 2, 3, 4]);
    const result = await apply("lrn", [channels], { size: 3, k: 2, alpha: 0.5, beta: 0.5 });
    expect(result.data).toEqual(
      Float64Array.of(1 / Math.sqrt(4.5), 2 / Math.sqrt(9), 3 / Math.sqrt(16.5), 4 / Math.sqrt(14.5)),
    );
  });

  it("has the constants of the paper to its name", async () => {
    const one = tensor64([1, 1, 1, 1], [100]);
    expect((await apply("lrn", [one], PAPER)).data[0]).toBeCloseTo(100 / 3 ** 0.75, 12);
  });

  it("mixes neither pixels nor images", async () => {
    const images = tensor64([2, 1, 1, 2], [1, 2, 3, 4]);
    const result = await apply("lrn", [images], { size: 3, k: 0, alpha: 1, beta: 0.5 });
    expect(result.data).toEqual(Float64Array.of(1, 1, 1, 1));
  });

  it.each([
    { name: "five channels of nine", shape: [2, 9, 2, 2], attributes: { ...PAPER, alpha: 0.3 } },
    { name: "the paper's small alpha", shape: [1, 7, 1, 2], attributes: PAPER },
    { name: "three channels, k 1", shape: [2, 5, 1, 3], attributes: { size: 3, k: 1, alpha: 0.7, beta: 0.5 } },
    { name: "a window wider than the channels", shape: [2, 3, 2, 1], attributes: { ...PAPER, size: 9, alpha: 0.5 } },
    { name: "only the channel itself", shape: [1, 4, 1, 1], attributes: { ...PAPER, size: 1, alpha: 0.5 } },
  ])("has the gradient of finite differences with $name", async ({ shape, attributes }) => {
    const error = await gradientError({ input: random("input", shape) }, ({ apply }) =>
      apply("lrn", ["input"], attributes),
    );
    expect(error).toBeLessThan(1e-6);
  });
});
