import type { ReferenceKernel } from "./kernel.js";

export const sgdUpdate: ReferenceKernel<"sgdUpdate"> = ([target, weight, gradient, learningRate], { attributes }) => {
  const { momentum, weightDecay, rate } = attributes;
  const step = rate * (learningRate?.[0] ?? 1);
  return target.map((value, index) => momentum * value - step * (gradient[index]! + weightDecay * weight[index]!));
};
