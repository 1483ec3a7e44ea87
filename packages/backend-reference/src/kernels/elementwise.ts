import type { ReferenceKernel } from "./kernel.js";

export const multiply: ReferenceKernel<"multiply"> = ([a, b]) => {
  return a.map((value, index) => value * b[index]!);
};

export const add: ReferenceKernel<"add"> = ([a, b]) => {
  return a.map((value, index) => value + b[index]!);
};

export const scale: ReferenceKernel<"scale"> = ([input], { attributes }) => {
  return input.map((value) => value * attributes.factor);
};
