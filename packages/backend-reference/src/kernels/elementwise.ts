import type { One, ReferenceKernel, Two } from "./kernel.js";

export const multiply: ReferenceKernel<"multiply"> = (inputs) => {
  const [a, b] = inputs as Two;
  return a.map((value, index) => value * b[index]!);
};

export const add: ReferenceKernel<"add"> = (inputs) => {
  const [a, b] = inputs as Two;
  return a.map((value, index) => value + b[index]!);
};

export const scale: ReferenceKernel<"scale"> = (inputs, { attributes }) => {
  const [input] = inputs as One;
  return input.map((value) => value * attributes.factor);
};
