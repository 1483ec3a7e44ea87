import type { Shape4 } from "@alexnet/core";
import type { LrnAttributes } from "@alexnet/core/program";
import { type OperationKernel, planes, type Thread, type Volume } from "./kernel.js";

interface Constants {
  readonly channels: number;
  readonly size: number;
  /** Neighbors on each side. */
  readonly reach: number;
  readonly k: number;
  readonly alpha: number;
  readonly beta: number;
}

function launch(shape: Shape4, { size, k, alpha, beta }: LrnAttributes) {
  const integers = { channels: shape[1], size, reach: (size - 1) / 2 };
  return { output: planes(shape), integers, floats: { k, alpha, beta } };
}

function denominator(this: Thread<Constants>, input: Volume): number {
  let sum = 0;
  for (let j = 0; j < this.constants.size; j++) {
    const channel = this.thread.y + j - this.constants.reach;
    if (channel >= 0 && channel < this.constants.channels) {
      const value = input[this.thread.z]![channel]![this.thread.x]!;
      sum += value * value;
    }
  }
  return this.constants.k + this.constants.alpha * sum;
}

function normalized(this: Thread<Constants>, input: Volume, denominators: Volume): number {
  const divisor = denominators[this.thread.z]![this.thread.y]![this.thread.x]! ** this.constants.beta;
  return input[this.thread.z]![this.thread.y]![this.thread.x]! / divisor;
}

export const lrn: OperationKernel<"lrn"> = async (run, [input], { attributes, shape }) => {
  const extents = planes(shape);
  const settings = launch(shape, attributes);
  const denominators = await run(denominator, settings, [[input, extents]]);
  return run(normalized, settings, [
    [input, extents],
    [denominators, extents],
  ]);
};

function gradientOfNormalized(
  this: Thread<Constants>,
  input: Volume,
  output: Volume,
  gradient: Volume,
  denominators: Volume,
): number {
  let sum = 0;
  for (let j = 0; j < this.constants.size; j++) {
    const channel = this.thread.y + j - this.constants.reach;
    if (channel >= 0 && channel < this.constants.channels) {
      const passedOn =
        gradient[this.thread.z]![channel]![this.thread.x]! * output[this.thread.z]![channel]![this.thread.x]!;
      sum += passedOn / denominators[this.thread.z]![channel]![this.thread.x]!;
    }
  }
  const divisor = denominators[this.thread.z]![this.thread.y]![this.thread.x]! ** this.constants.beta;
  const direct = gradient[this.thread.z]![this.thread.y]![this.thread.x]! / divisor;
  const own = input[this.thread.z]![this.thread.y]![this.thread.x]!;
  return direct - 2 * this.constants.alpha * this.constants.beta * own * sum;
}

export const lrnGrad: OperationKernel<"lrnGrad"> = async (run, [input, output, gradient], { attributes, shape }) => {
  const extents = planes(shape);
  const settings = launch(shape, attributes);
  const denominators = await run(denominator, settings, [[input, extents]]);
  return run(gradientOfNormalized, settings, [
    [input, extents],
    [output, extents],
    [gradient, extents],
    [denominators, extents],
  ]);
};
