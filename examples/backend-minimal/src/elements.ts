import { buffers, type KernelsOf, type MinimalKernel } from "./kernel.js";

type Activation = "relu" | "sigmoid" | "tanh" | "reluGrad" | "sigmoidGrad" | "tanhGrad";

/** One function of the values at the same place; each kind below is one line of mathematics. */
const each =
  (compute: (a: number, b: number) => number) =>
  (inputs: readonly Float32Array[]): Float32Array => {
    const [a, b] = buffers(inputs);
    return a.map((value, index) => compute(value, b?.[index] ?? 0));
  };

const scale: MinimalKernel<"scale"> = (inputs, { attributes }) => buffers(inputs)[0].map((x) => attributes.factor * x);

const sgdUpdate: MinimalKernel<"sgdUpdate"> = (inputs, { attributes: { momentum, weightDecay, rate } }) => {
  const [target, weight, gradient] = buffers(inputs);
  // Without a learning rate, 1 stands in for it.
  const step = rate * (inputs[3]?.[0] ?? 1);
  return target.map((value, index) => momentum * value - step * (gradient[index]! + weightDecay * weight[index]!));
};

export const elementKernels: KernelsOf<Activation | "add" | "multiply" | "scale" | "sgdUpdate"> = {
  relu: each((x) => Math.max(0, x)),
  sigmoid: each((x) => 1 / (1 + Math.exp(-x))),
  tanh: each(Math.tanh),
  // Gradients of activations read what the activation gave, not what it was given.
  reluGrad: each((y, gradient) => (y > 0 ? gradient : 0)),
  sigmoidGrad: each((y, gradient) => gradient * y * (1 - y)),
  tanhGrad: each((y, gradient) => gradient * (1 - y * y)),
  add: each((a, b) => a + b),
  multiply: each((a, b) => a * b),
  scale,
  sgdUpdate,
};
