import type { Shape, Shape2 } from "../../tensor.js";
import type { InputsOf, OperationDefinition } from "../operation.js";
import { matrix, same } from "./shape-rules.js";

/** `e^x / Σ e^x` over the classes of each example, `[N, K]`. Has no gradient: train on `softmaxCrossEntropy`. */
export const softmax: OperationDefinition<"softmax"> = {
  inputs: ["logits"],
  shape: ([logits]) => matrix(logits, "the logits"),
};

function logitsShape([logits, labels]: InputsOf<"softmaxCrossEntropy", Shape>): Shape2 {
  return same(matrix(logits, "the logits"), labels, "the logits and the labels");
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
