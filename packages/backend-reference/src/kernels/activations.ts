import type { One, ReferenceKernel, Two } from "./kernel.js";

export const relu: ReferenceKernel<"relu"> = (inputs) => {
  const [input] = inputs as One;
  return input.map((x) => Math.max(x, 0));
};

export const reluGrad: ReferenceKernel<"reluGrad"> = (inputs) => {
  const [output, gradient] = inputs as Two;
  return gradient.map((dy, index) => (output[index]! > 0 ? dy : 0));
};

export const sigmoid: ReferenceKernel<"sigmoid"> = (inputs) => {
  const [input] = inputs as One;
  return input.map((x) => 1 / (1 + Math.exp(-x)));
};

export const sigmoidGrad: ReferenceKernel<"sigmoidGrad"> = (inputs) => {
  const [output, gradient] = inputs as Two;
  return gradient.map((dy, index) => dy * output[index]! * (1 - output[index]!));
};

export const tanh: ReferenceKernel<"tanh"> = (inputs) => {
  const [input] = inputs as One;
  return input.map((x) => Math.tanh(x));
};

export const tanhGrad: ReferenceKernel<"tanhGrad"> = (inputs) => {
  const [output, gradient] = inputs as Two;
  return gradient.map((dy, index) => dy * (1 - output[index]! ** 2));
};
