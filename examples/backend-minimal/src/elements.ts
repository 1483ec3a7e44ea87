import type { KernelsOf, MinimalKernel } from "./kernel.js";

type OfOne = "relu" | "sigmoid" | "tanh";
type OfTwo = "reluGrad" | "sigmoidGrad" | "tanhGrad" | "add" | "multiply";

/** A function of each value; each kind below is one line of mathematics. */
const each =
  (compute: (x: number) => number): MinimalKernel<OfOne> =>
  ([input]) =>
    input.map(compute);

/** A function of the two values at the same place. */
const pairs =
  (compute: (a: number, b: number) => number): MinimalKernel<OfTwo> =>
  ([a, b]) =>
    a.map((value, index) => compute(value, b[index]!));

const scale: MinimalKernel<"scale"> = ([input], { attributes }) => input.map((x) => attributes.factor * x);

const sgdUpdate: MinimalKernel<"sgdUpdate"> = (
  [target, weight, gradient, learningRate],
  { attributes: { momentum, weightDecay, rate } },
) => {
  // Without a learning rate, 1 stands in for it.
  const step = rate * (learningRate?.[0] ?? 1);
  return target.map((value, index) => momentum * value - step * (gradient[index]! + weightDecay * weight[index]!));
};

const adamUpdate: MinimalKernel<"adamUpdate"> = (
  [weight, mean, variance, [stepSize = 0], [rootCorrection = 0]],
  { attributes: { epsilon, rate } },
) =>
  weight.map(
    (value, index) =>
      value - (rate * stepSize * mean[index]!) / (Math.sqrt(variance[index]!) * rootCorrection + epsilon),
  );

export const elementKernels: KernelsOf<OfOne | OfTwo | "scale" | "sgdUpdate" | "adamUpdate"> = {
  relu: each((x) => Math.max(0, x)),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  tanh: each(Math.tanh),
  // Gradients of activations read what the activation gave, not what it was given.
  reluGrad: pairs((y, gradient) => (y > 0 ? gradient : 0)),
  sigmoidGrad: pairs((y, gradient) => gradient * y * (1 - y)),
  tanhGrad: pairs((y, gradient) => gradient * (1 - y * y)),
  add: pairs((a, b) => a + b),
  multiply: pairs((a, b) => a * b),
  scale,
  sgdUpdate,
  adamUpdate,
};
