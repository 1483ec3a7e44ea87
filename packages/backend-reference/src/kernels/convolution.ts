import type { ConvolutionAttributes } from "@alexnet/core";
import { sizeOf } from "@alexnet/core";
import type { ReferenceKernel, Shape4, Two } from "./kernel.js";

/*
 * A convolution is a sum of products `input · filter → output`. Its gradients are the same products summed up elsewhere:
 * `gradient · filter` into the input, `input · gradient` into the filter. So one walk over all of them serves the three.
 */

/** A multiply-add for each of `count` neighbouring output values, all through one tap of one filter. */
type Row = (tap: number, input: number, inputStep: number, output: number, count: number) => void;

/** Visits every product of a convolution once, a row of the output at a time; the numbers are flat indices. */
function walk(input: Shape4, filter: Shape4, output: Shape4, attributes: ConvolutionAttributes, row: Row): void {
  const [batch, channels, height, width] = input;
  const [filters, filterChannels, filterHeight, filterWidth] = filter;
  const [, , outputHeight, outputWidth] = output;
  const { stride, padding, dilation, groups } = attributes;
  const filtersPerGroup = filters / groups;

  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < filters; o++) {
      const outputPlane = (n * filters + o) * outputHeight * outputWidth;
      const firstChannel = Math.floor(o / filtersPerGroup) * filterChannels;
      for (let c = 0; c < filterChannels; c++) {
        const inputPlane = (n * channels + firstChannel + c) * height * width;
        for (let ky = 0; ky < filterHeight; ky++) {
          const top = ky * dilation[0] - padding[0];
          for (let kx = 0; kx < filterWidth; kx++) {
            const left = kx * dilation[1] - padding[1];
            const tap = ((o * filterChannels + c) * filterHeight + ky) * filterWidth + kx;
            // Output column x meets input column x · stride + left; those outside the image meet padding, zeros.
            const from = Math.max(0, Math.ceil(-left / stride[1]));
            const to = Math.min(outputWidth, Math.floor((width - 1 - left) / stride[1]) + 1);
            if (from >= to) continue;
            for (let y = 0; y < outputHeight; y++) {
              const inputRow = y * stride[0] + top;
              if (inputRow < 0 || inputRow >= height) continue;
              const inputStart = inputPlane + inputRow * width + from * stride[1] + left;
              row(tap, inputStart, stride[1], outputPlane + y * outputWidth + from, to - from);
            }
          }
        }
      }
    }
  }
}

/** `target += factor · source`, value by value. Short functions of their own run faster than loops in `walk`. */
function addScaled(
  target: Float64Array,
  targetStart: number,
  targetStep: number,
  factor: number,
  source: Float64Array,
  sourceStart: number,
  sourceStep: number,
  count: number,
): void {
  for (let n = 0, to = targetStart, from = sourceStart; n < count; n++, to += targetStep, from += sourceStep) {
    target[to]! += factor * source[from]!;
  }
}

/** `Σ a · b`. */
function dot(a: Float64Array, aStart: number, aStep: number, b: Float64Array, bStart: number, count: number): number {
  let sum = 0;
  for (let n = 0, i = aStart, j = bStart; n < count; n++, i += aStep, j++) sum += a[i]! * b[j]!;
  return sum;
}

export const conv2d: ReferenceKernel<"conv2d"> = (inputs, { attributes, shape }, inputShapes) => {
  const [input, filter] = inputs as Two;
  const [inputShape, filterShape] = inputShapes as readonly [Shape4, Shape4];
  const result = new Float64Array(sizeOf(shape));
  walk(inputShape, filterShape, shape as Shape4, attributes, (tap, inputStart, inputStep, outputStart, count) => {
    addScaled(result, outputStart, 1, filter[tap]!, input, inputStart, inputStep, count);
  });
  return result;
};

export const conv2dGradInput: ReferenceKernel<"conv2dGradInput"> = (inputs, { attributes, shape }, inputShapes) => {
  const [gradient, filter] = inputs as Two;
  const [gradientShape, filterShape] = inputShapes as readonly [Shape4, Shape4];
  const result = new Float64Array(sizeOf(shape));
  walk(shape as Shape4, filterShape, gradientShape, attributes, (tap, inputStart, inputStep, outputStart, count) => {
    addScaled(result, inputStart, inputStep, filter[tap]!, gradient, outputStart, 1, count);
  });
  return result;
};

export const conv2dGradFilter: ReferenceKernel<"conv2dGradFilter"> = (inputs, { attributes, shape }, inputShapes) => {
  const [input, gradient] = inputs as Two;
  const [inputShape, gradientShape] = inputShapes as readonly [Shape4, Shape4];
  const result = new Float64Array(sizeOf(shape));
  walk(inputShape, shape as Shape4, gradientShape, attributes, (tap, inputStart, inputStep, outputStart, count) => {
    result[tap]! += dot(input, inputStart, inputStep, gradient, outputStart, count);
  });
  return result;
};
