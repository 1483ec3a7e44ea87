import { sizeOf } from "@alexnet/core";
import type { ChannelShape, LrnAttributes } from "@alexnet/core/program";
import type { KernelsOf } from "./kernel.js";

/** Channel of a flat index into `[N, C, …]`, and how far apart channels are. */
function channels([, count, ...pixels]: ChannelShape): {
  readonly count: number;
  readonly step: number;
  of(index: number): number;
} {
  const step = sizeOf(pixels);
  return { count, step, of: (index) => Math.floor(index / step) % count };
}

/** Sums `term` over the channels around each value, `size` of them where they exist. */
function overNeighbors(
  shape: ChannelShape,
  { size }: LrnAttributes,
  term: (index: number) => number,
): (index: number) => number {
  const { count, step, of } = channels(shape);
  const reach = (size - 1) / 2;
  return (index) => {
    const channel = of(index);
    let sum = 0;
    for (let other = Math.max(0, channel - reach); other <= Math.min(count - 1, channel + reach); other++) {
      sum += term(index + (other - channel) * step);
    }
    return sum;
  };
}

export const channelKernels: KernelsOf<"lrn" | "lrnGrad" | "addBias" | "biasGrad"> = {
  lrn([input], { attributes, shape }) {
    const { k, alpha, beta } = attributes;
    const squares = overNeighbors(shape, attributes, (index) => input[index]! ** 2);
    return input.map((value, index) => value / (k + alpha * squares(index)) ** beta);
  },
  lrnGrad([input, output, gradient], { attributes, shape }) {
    const { k, alpha, beta } = attributes;
    const squares = overNeighbors(shape, attributes, (index) => input[index]! ** 2);
    const denominator = Float64Array.from(input, (_, index) => k + alpha * squares(index));
    const shared = overNeighbors(shape, attributes, (j) => (gradient[j]! * output[j]!) / denominator[j]!);
    return gradient.map(
      (value, index) => value / denominator[index]! ** beta - 2 * alpha * beta * input[index]! * shared(index),
    );
  },
  addBias([input, bias], { shape }) {
    const { of } = channels(shape);
    return input.map((value, index) => value + bias[of(index)]!);
  },
  biasGrad([gradient], _, [gradientShape]) {
    const { count, of } = channels(gradientShape);
    const sums = new Float64Array(count);
    gradient.forEach((value, index) => {
      sums[of(index)]! += value;
    });
    return Float32Array.from(sums);
  },
};
