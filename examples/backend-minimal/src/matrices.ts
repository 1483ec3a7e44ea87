import { type Shape, sizeOf } from "@alexnet/core";
import { buffers, type KernelsOf } from "./kernel.js";

/** `log softmax` of each row; the largest logit is taken off first, so that nothing overflows. */
function logSoftmax(logits: Float32Array, shape: Shape): Float64Array {
  const classes = shape[1] as number;
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
  matmul(inputs, { attributes: { transposeA, transposeB }, shape }, [aShape, bShape]) {
    const [a, b] = buffers(inputs);
    const [rows, columns] = shape as readonly [number, number];
    const inner = (aShape as Shape)[transposeA ? 0 : 1] as number;
    const [aWidth, bWidth] = [aShape?.[1] as number, bShape?.[1] as number];
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
  softmax: (inputs, { shape }) => Float32Array.from(logSoftmax(buffers(inputs)[0], shape), Math.exp),
  // Labels are distributions: one-hot as a rule, but a row may weigh more than 1, or nothing.
  softmaxCrossEntropy(inputs, _, [shape]) {
    const [logits, labels] = buffers(inputs);
    const logarithms = logSoftmax(logits, shape as Shape);
    const sum = labels.reduce((total, label, index) => total - label * logarithms[index]!, 0);
    return Float32Array.of(sum / (shape?.[0] as number));
  },
  softmaxCrossEntropyGrad(inputs, { shape }) {
    const [logits, labels] = buffers(inputs);
    const [examples, classes] = shape as readonly [number, number];
    const logarithms = logSoftmax(logits, shape);
    return labels.map((label, index) => {
      const start = index - (index % classes);
      const mass = labels.subarray(start, start + classes).reduce((sum, other) => sum + other, 0);
      return (Math.exp(logarithms[index]!) * mass - label) / examples;
    });
  },
};
