import { type Shape2, sizeOf } from "@alexnet/core";
import type { ReferenceKernel } from "./kernel.js";

/** `log softmax` of each row. The largest logit is taken off first, so that nothing overflows. */
function logSoftmax(logits: Float64Array, shape: Shape2): Float64Array {
  const [examples, classes] = shape;
  const result = new Float64Array(logits.length);
  for (let example = 0; example < examples; example++) {
    const row = logits.subarray(example * classes, (example + 1) * classes);
    const largest = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    const sum = row.reduce((total, logit) => total + Math.exp(logit - largest), 0);
    result.set(
      row.map((logit) => logit - largest - Math.log(sum)),
      example * classes,
    );
  }
  return result;
}

export const softmax: ReferenceKernel<"softmax"> = ([logits], { shape }) => {
  return logSoftmax(logits, shape).map(Math.exp);
};

export const softmaxCrossEntropy: ReferenceKernel<"softmaxCrossEntropy"> = ([logits, labels], _, [logitsShape]) => {
  const [examples] = logitsShape;
  const logProbabilities = logSoftmax(logits, logitsShape);
  const sum = labels.reduce((total, label, index) => total - label * logProbabilities[index]!, 0);
  return Float64Array.of(sum / examples);
};

export const softmaxCrossEntropyGrad: ReferenceKernel<"softmaxCrossEntropyGrad"> = ([logits, labels], { shape }) => {
  const [examples, classes] = shape;
  const gradient = new Float64Array(sizeOf(shape));
  const logProbabilities = logSoftmax(logits, shape);
  for (let example = 0; example < examples; example++) {
    const first = example * classes;
    const labelSum = labels.subarray(first, first + classes).reduce((a, b) => a + b, 0);
    for (let index = first; index < first + classes; index++) {
      gradient[index] = (Math.exp(logProbabilities[index]!) * labelSum - labels[index]!) / examples;
    }
  }
  return gradient;
};
