import type { OperationDefinition } from "../operation.js";
import { expectShape, same } from "./shape-rules.js";

/**
 * `momentum · target − rate · learningRate · (gradient + weightDecay · weight)`, element by element; without a learning
 * rate (a scalar), 1 stands in for it. One operation says every rule of stochastic gradient descent, and running means:
 *
 * - plain: `w ← sgdUpdate(w, w, g, lr; momentum 1)`
 * - the 2012 paper: `v ← sgdUpdate(v, w, g, lr; momentum m, weightDecay d)`, `w ← w + v`
 * - PyTorch: `v ← sgdUpdate(v, w, g; momentum m, weightDecay d, rate −1)`, `w ← sgdUpdate(w, w, v, lr; momentum 1)`
 * - a mean: `m ← sgdUpdate(m, w, x; momentum β, rate β − 1)`
 */
export const sgdUpdate: OperationDefinition<"sgdUpdate"> = {
  inputs: ["target", "weight", "gradient", "learningRate"],
  optional: 1,
  shape([target, weight, gradient, learningRate]) {
    if (learningRate) expectShape(learningRate, [], "the learning rate");
    same(target, weight, "the target and the weight");
    return same(weight, gradient, "the weight and its gradient");
  },
};
