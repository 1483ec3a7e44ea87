import { elementwise } from "./elementwise.js";
import type { Matrix, Thread } from "./kernel.js";

export const relu = elementwise<"relu">(function (this: Thread, input: Matrix) {
  const value = input[this.thread.y]![this.thread.x]!;
  let result = value;
  // Not Math.max: NaN must stay NaN in every mode.
  if (value < 0) {
    result = 0;
  }
  return result;
});

export const reluGrad = elementwise<"reluGrad">(function (this: Thread, output: Matrix, gradient: Matrix) {
  let result = 0;
  if (output[this.thread.y]![this.thread.x]! > 0) {
    result = gradient[this.thread.y]![this.thread.x]!;
  }
  return result;
});

export const sigmoid = elementwise<"sigmoid">(function (this: Thread, input: Matrix) {
  return 1 / (1 + Math.exp(-input[this.thread.y]![this.thread.x]!));
});

export const sigmoidGrad = elementwise<"sigmoidGrad">(function (this: Thread, output: Matrix, gradient: Matrix) {
  const y = output[this.thread.y]![this.thread.x]!;
  return gradient[this.thread.y]![this.thread.x]! * y * (1 - y);
});

/** Beyond 20 it is 1 to the last bit of float64; WGSL may make it of exponentials, which overflow at 89. */
export const tanh = elementwise<"tanh">(function (this: Thread, input: Matrix) {
  return Math.tanh(Math.max(-20, Math.min(20, input[this.thread.y]![this.thread.x]!)));
});

export const tanhGrad = elementwise<"tanhGrad">(function (this: Thread, output: Matrix, gradient: Matrix) {
  const y = output[this.thread.y]![this.thread.x]!;
  return gradient[this.thread.y]![this.thread.x]! * (1 - y * y);
});
