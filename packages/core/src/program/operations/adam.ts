import type { OperationDefinition } from "../operation.js";
import { expectShape, same } from "./shape-rules.js";

/**
 * `weight − rate · stepSize · mean / (√variance · rootCorrection + epsilon)`, element by element, the last two inputs being
 * scalars: the step of Adam (Kingma and Ba, 2015, algorithm 1) once the averages of the gradients and of their squares are
 * known. Corrected for their start at zero by `stepSize = lr / (1 − β₁ᵗ)` and `rootCorrection = 1 / √(1 − β₂ᵗ)`.
 */
export const adamUpdate: OperationDefinition<"adamUpdate"> = {
  inputs: ["weight", "mean", "variance", "stepSize", "rootCorrection"],
  shape([weight, mean, variance, stepSize, rootCorrection]) {
    expectShape(stepSize, [], "the step size");
    expectShape(rootCorrection, [], "the correction of the root");
    same(weight, mean, "the weight and the mean");
    return same(weight, variance, "the weight and the variance");
  },
};
