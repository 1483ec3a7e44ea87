import type { Shape4 } from "@alexnet/core";
import type { LrnAttributes } from "@alexnet/core/program";
import type { ReferenceKernel } from "./kernel.js";

/** Visits every pair of a value and a value at the same pixel of a neighboring channel, itself included. */
function eachNeighbor(shape: Shape4, size: number, visit: (value: number, neighbor: number) => void): void {
  const [batch, channels, height, width] = shape;
  const pixels = height * width;
  const reach = (size - 1) / 2;
  for (let n = 0; n < batch; n++) {
    for (let c = 0; c < channels; c++) {
      for (let j = Math.max(0, c - reach); j <= Math.min(channels - 1, c + reach); j++) {
        const value = (n * channels + c) * pixels;
        const neighbor = (n * channels + j) * pixels;
        for (let pixel = 0; pixel < pixels; pixel++) visit(value + pixel, neighbor + pixel);
      }
    }
  }
}

/** `k + alpha · Σ a²` of every value. */
function denominators(input: Float64Array, shape: Shape4, { size, k, alpha }: LrnAttributes): Float64Array {
  const result = new Float64Array(input.length).fill(k);
  eachNeighbor(shape, size, (value, neighbor) => {
    result[value]! += alpha * input[neighbor]! ** 2;
  });
  return result;
}

export const lrn: ReferenceKernel<"lrn"> = ([input], { attributes, shape }) => {
  const denominator = denominators(input, shape, attributes);
  return input.map((value, index) => value / denominator[index]! ** attributes.beta);
};

export const lrnGrad: ReferenceKernel<"lrnGrad"> = ([input, output, gradient], { attributes, shape }) => {
  const { size, alpha, beta } = attributes;
  const denominator = denominators(input, shape, attributes);
  const inputGradient = gradient.map((value, index) => value / denominator[index]! ** beta);
  const passedOn = gradient.map((value, index) => (value * output[index]!) / denominator[index]!);
  eachNeighbor(shape, size, (value, neighbor) => {
    inputGradient[value]! -= 2 * alpha * beta * input[value]! * passedOn[neighbor]!;
  });
  return inputGradient;
};
