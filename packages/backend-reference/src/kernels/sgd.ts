import type { ReferenceKernel } from "./kernel.js";

export const sgdUpdate: ReferenceKernel<"sgdUpdate"> = (inputs, { attributes }) => {
  const [target, weight, gradient, learningRate] = inputs as readonly [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array?,
  ];
  const { momentum, weightDecay, rate } = attributes;
  const step = rate * (learningRate?.[0] ?? 1);
  return target.map((value, index) => momentum * value - step * (gradient[index]! + weightDecay * weight[index]!));
};
