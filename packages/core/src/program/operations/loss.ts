import type { Shape } from "../../tensor.js";
import type { OperationDefinition } from "../operation.js";
import { rank, same } from "./shape-rules.js";

/** `e^x / Σ e^x` over the classes of each example, `[N, K]`. Has no gradient: train on `softmaxCrossEntropy`. */
export const softmax: OperationDefinition<"softmax"> = {
  inputs: ["logits"],
  shape: (inputs) => rank(inputs, 0, 2, "the logits"),
};

function logitsShape(inputs: readonly Shape[]): Shape {
  const logits = rank(inputs, 0, 2, "the logits");
  return same(logits, inputs[1] as Shape, "the logits and the labels");
}

/**
 * The mean over the examples of `−Σ label · log softmax(logits)`, a scalar. Labels are distributions over the classes,
 * `[N, K]`, one-hot as a rule. It is where differentiation starts, so it has no gradient rule of its own: see
 * `differentiate`.
 */
export const softmaxCrossEntropy: OperationDefinition<"softmaxCrossEntropy"> = {
  inputs: ["logits", "labels"],
  shape(inputs) {
    logitsShape(inputs);
    return [];
  },
};

/** Gradient of `softmaxCrossEntropy` with respect to the logits: `(softmax(logits) · Σ label − label) / N`. */
export const softmaxCrossEntropyGrad: OperationDefinition<"softmaxCrossEntropyGrad"> = {
  inputs: ["logits", "labels"],
  shape: logitsShape,
};
