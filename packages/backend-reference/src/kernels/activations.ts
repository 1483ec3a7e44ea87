import type { ReferenceKernel } from "./kernel.js";

export const relu: ReferenceKernel<"relu"> = ([input]) => {
  return input.map((x) => Math.max(x, 0));
};

export const reluGrad: ReferenceKernel<"reluGrad"> = ([output, gradient]) => {
  return gradient.map((dy, index) => (output[index]! > 0 ? dy : 0));
};

export const sigmoid: ReferenceKernel<"sigmoid"> = ([input]) => {
  return input.map((x) => 1 / (1 + Math.exp(-x)));
};

export const sigmoidGrad: ReferenceKernel<"sigmoidGrad"> = ([output, gradient]) => {
  return gradient.map((dy, index) => dy * output[index]! * (1 - output[index]!));
};

export const tanh: ReferenceKernel<"tanh"> = ([input]) => {
  return input.map((x) => Math.tanh(x));
};

export const tanhGrad: ReferenceKernel<"tanhGrad"> = ([output, gradient]) => {
  return gradient.map((dy, index) => dy * (1 - output[index]! ** 2));
};
