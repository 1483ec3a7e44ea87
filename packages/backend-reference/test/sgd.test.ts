import { describe, expect, it } from "vitest";
import { apply, tensor64 } from "./helpers.js";

const [target, weight, gradient] = [
  [100, 200],
  [10, 20],
  [3, 4],
].map((values) => tensor64([2], values)) as [
  ReturnType<typeof tensor64>,
  ReturnType<typeof tensor64>,
  ReturnType<typeof tensor64>,
];

describe("adamUpdate", () => {
  it("is weight − rate · stepSize · mean / (√variance · rootCorrection + epsilon)", async () => {
    const variance = tensor64([2], [16, 0]);
    const scalars = [tensor64([], [0.5]), tensor64([], [2])] as const;
    const result = await apply("adamUpdate", [target, weight, variance, ...scalars], { epsilon: 2, rate: 3 });
    expect(result).toEqual(tensor64([2], [100 - (3 * 0.5 * 10) / (4 * 2 + 2), 200 - (3 * 0.5 * 20) / 2]));
  });
});

describe("sgdUpdate", () => {
  it("is momentum · target − rate · learningRate · (gradient + weightDecay · weight)", async () => {
    const attributes = { momentum: 0.5, weightDecay: 0.1, rate: 2 };
    const result = await apply("sgdUpdate", [target, weight, gradient, tensor64([], [0.25])], attributes);
    expect(result).toEqual(tensor64([2], [50 - 0.5 * (3 + 1), 100 - 0.5 * (4 + 2)]));
  });

  it("takes 1 for the learning rate where there is none", async () => {
    const attributes = { momentum: 0.5, weightDecay: 0, rate: -1 };
    const result = await apply("sgdUpdate", [target, weight, gradient], attributes);
    expect(result.data).toEqual(Float64Array.of(53, 104));
  });
});
