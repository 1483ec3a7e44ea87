import { type Shape2, sizeOf } from "@alexnet/core";
import type { KernelsOf } from "./kernel.js";

/** `log softmax` of each row; the largest logit is taken off first, so that nothing overflows. */
function logSoftmax(logits: Float32Array, [, classes]: Shape2): Float64Array {
  const result = Float64Array.from(logits);
  for (let start = 0; start < result.length; start += classes) {
    const row = result.subarray(start, start + classes);
    const largest = Math.max(...row);
    const logSum = Math.log(row.reduce((sum, logit) => sum + Math.exp(logit - largest), 0));
    row.forEach((logit, index) => {
      row[index] = logit - largest - logSum;
    });
  }
  return result;
}

export const matrixKernels: KernelsOf<"matmul" | "softmax" | "softmaxCrossEntropy" | "softmaxCrossEntropyGrad"> = {
  matmul([a, b], { attributes: { transposeA, transposeB }, shape }, [aShape, bShape]) {
    const [rows, columns] = shape;
    const inner = aShape[transposeA ? 0 : 1];
    const [aWidth, bWidth] = [aShape[1], bShape[1]];
    const product = new Float32Array(sizeOf(shape));
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < columns; column++) {
        let sum = 0;
        for (let k = 0; k < inner; k++) {
          const left = a[transposeA ? k * aWidth + row : row * aWidth + k]!;
          sum += left * b[transposeB ? column * bWidth + k : k * bWidth + column]!;
        }
        product[row * columns + column] = sum;
      }
    }
    return product;
  },
  softmax: ([logits], { shape }) => Float32Array.from(logSoftmax(logits, shape), Math.exp),
  // Labels are distributions: one-hot as a rule, but a row may weigh more than 1, or nothing.
  softmaxCrossEntropy([logits, labels], _, [shape]) {
    const logarithms = logSoftmax(logits, shape);
    const sum = labels.reduce((total, label, index) => total - label * logarithms[index]!, 0);
    return Float32Array.of(sum / shape[0]);
  },
  softmaxCrossEntropyGrad([logits, labels], { shape }) {
    const [examples, classes] = shape;
    const logarithms = logSoftmax(logits, shape);
    return labels.map((label, index) => {
      const start = index - (index % classes);
      const mass = labels.subarray(start, start + classes).reduce((sum, other) => sum + other, 0);
      return (Math.exp(logarithms[index]!) * mass - label) / examples;
    });
  },
};
