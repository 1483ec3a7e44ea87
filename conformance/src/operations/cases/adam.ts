import type { Shape } from "@alexnet/core";
import { keysOf } from "@alexnet/core/support";
import { coveringArray } from "../covering.js";
import type { OperationCase } from "../operation-case.js";
import { elementCounts } from "../sizes.js";
import type { Values } from "../values.js";

const STEP_elementCounts = { zero: [0, 0], small: [0.001, 0.1], one: [1, 1], large: [10, 100] } as const;
/** 1 / √(1 − 0.999ᵗ) falls from 32 to 1. */
const CORRECTIONS = { first: [31, 32], middle: [1, 10], none: [1, 1] } as const;
/** No variance is below 0; where it is 0, epsilon alone divides. */
const VARIANCES = { ordinary: [0, 1], large: [0, 2 ** 60], tiny: [0, 2 ** -60], zero: [0, 0] } as const;

const covering = coveringArray({
  epsilon: [1e-8, 1e-3, 1],
  rate: [0, 0.5, 1, 2],
  stepSize: keysOf(STEP_elementCounts),
  rootCorrection: keysOf(CORRECTIONS),
  variance: keysOf(VARIANCES),
  shape: [[1], [65], [7, 13], [2, 3, 1, 5]] as const satisfies Shape[],
  /** Whether the mean is the weight itself: engines may compute in place. */
  itself: [false, true],
  values: ["ordinary", "large", "tiny", "zeros"] as const,
}).map((row): OperationCase => {
  const { epsilon, rate, stepSize, rootCorrection, variance, shape, itself, values } = row;
  return {
    name:
      `adamUpdate ${shape.join("x")}${itself ? " by itself" : ""}, epsilon ${epsilon}, rate ${rate}, ` +
      `${stepSize} step size, ${rootCorrection} correction, ${variance} variance, ${values}`,
    inputs: {
      weight: { shape, values },
      ...(!itself && { mean: { shape, values } }),
      variance: { shape, values: VARIANCES[variance] },
      stepSize: { shape: [], values: STEP_elementCounts[stepSize] },
      rootCorrection: { shape: [], values: CORRECTIONS[rootCorrection] },
    },
    build({ apply }) {
      const operands = ["weight", itself ? "weight" : "mean", "variance", "stepSize", "rootCorrection"] as const;
      return [apply("adamUpdate", operands, { epsilon, rate })];
    },
  };
});

const values: Values = "ordinary";

const bySize: OperationCase = {
  name: "adamUpdate of as many values",
  inputs: Object.fromEntries([
    ["stepSize", { shape: [], values: STEP_elementCounts.small }],
    ["rootCorrection", { shape: [], values: CORRECTIONS.middle }],
    ...elementCounts.flatMap((size) => [
      [`weight ${size}`, { shape: [size], values }],
      [`mean ${size}`, { shape: [size], values }],
      [`variance ${size}`, { shape: [size], values: VARIANCES.ordinary }],
    ]),
  ]),
  build: ({ apply }) =>
    elementCounts.map((size) =>
      apply(
        "adamUpdate",
        [`weight ${size}`, `mean ${size}`, `variance ${size}`, "stepSize", "rootCorrection"],
        { epsilon: 1e-8, rate: 1 },
        `adamUpdate ${size}`,
      ),
    ),
};

export const adamCases: readonly OperationCase[] = [...covering, bySize];
