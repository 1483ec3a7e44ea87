import type { ConvolutionAttributes, Padding, Pair } from "@alexnet/core/program";
import { amplification } from "./amplification.js";
import { type Axis, tileCount } from "./axis.js";
import { type CookToom, cookToom } from "./cook-toom.js";

/** Points a transform has at most: with more of them rounding errors grow fast. */
const MOST_POINTS = 8;

/** How many times larger than those of sums of products the errors of an axis may be. */
const MOST_AMPLIFICATION = 4;

/** The same of both axes: of the convolutions of a backend that may go by this algorithm. */
export const AMPLIFICATION = MOST_AMPLIFICATION ** 2;

/** What moving a number from memory and back costs, in multiply-adds. */
const MOVING = 12;

/** A convolution of one group, stride 1. */
export interface Extents {
  readonly batch: number;
  readonly channels: number;
  readonly filters: number;
  readonly input: Pair;
  readonly kernel: Pair;
  readonly padding: Padding;
  readonly output: Pair;
}

export type Plan = readonly [vertical: Axis, horizontal: Axis];

/** Whether the algorithm knows such a convolution at all. */
export function isRegular({ stride, dilation }: ConvolutionAttributes, kernel: Pair): boolean {
  const taps = kernel.every((extent) => extent >= 2 && extent < MOST_POINTS);
  return taps && [...stride, ...dilation].every((step) => step === 1);
}

/** The tiles by which the convolution costs least, if that is less than it costs directly. */
export function cheapestPlan(extents: Extents): Plan | undefined {
  let cheapest: Plan | undefined;
  let least = directCost(extents);
  for (const vertical of axes(extents, 0)) {
    for (const horizontal of axes(extents, 1)) {
      const cost = costOf([vertical, horizontal], extents);
      if (cost < least) [cheapest, least] = [[vertical, horizontal], cost];
    }
  }
  return cheapest;
}

function axes({ input, kernel, padding, output }: Extents, axis: 0 | 1): readonly Axis[] {
  return transforms(kernel[axis]).map((transform) => ({
    transform,
    inputs: input[axis],
    padding: padding[axis],
    outputs: output[axis],
  }));
}

/** Those of a filter of so many taps, by two outputs and more, that round little enough. */
function transforms(taps: number): readonly CookToom[] {
  return Array.from({ length: MOST_POINTS - taps }, (_, index) => cookToom(index + 2, taps)).filter(
    (transform) => amplification(transform) <= MOST_AMPLIFICATION,
  );
}

function directCost({ batch, channels, filters, kernel, output }: Extents): number {
  return batch * channels * filters * kernel[0] * kernel[1] * output[0] * output[1];
}

/** Multiply-adds of the products and of the transforms, and what moving all that lies between them costs. */
function costOf([vertical, horizontal]: Plan, { batch, channels, filters, input, kernel, output }: Extents): number {
  const points = vertical.transform.points * horizontal.transform.points;
  const tall = vertical.transform.points * tileCount(vertical);
  const wide = horizontal.transform.points * tileCount(horizontal);
  const read = batch * channels;
  const written = batch * filters;
  const products = tall * wide * batch * channels * filters;
  const transforms =
    read * (tall * input[0] * input[1] + wide * input[1] * tall) +
    written * (wide * output[1] * tall + tall * output[0] * output[1]) +
    points * kernel[0] * kernel[1] * channels * filters;
  const moved =
    read * (2 * input[0] * input[1] + tall * input[1] + tall * wide) +
    written * (2 * output[0] * output[1] + tall * output[1] + tall * wide) +
    // Each product lays its factors out anew for every row of tiles.
    channels * filters * points * (1 + tileCount(vertical));
  return products + transforms + 2 * MOVING * moved;
}
