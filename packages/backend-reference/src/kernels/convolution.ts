import { type Shape4, sizeOf } from "@alexnet/core";
import type { ConvolutionAttributes } from "@alexnet/core/program";
import type { ReferenceKernel } from "./kernel.js";
import { addDots, addRows } from "./products.js";

/*
 * Each output pixel is the product of the filters with a patch of the input: the values under the taps, zeros outside the
 * image. So all three kernels go over the output row by row, with the patches of a row as a matrix: patch times filter gives
 * the output; gradient times filter, the gradient of the patch; gradient times patch, the gradient of the filter.
 */

/** One row of the output of one group of filters. */
interface OutputRow {
  /** Its first pixel in the first filter's plane; the next filter's is `plane` further. */
  readonly start: number;
  readonly plane: number;
  readonly pixels: number;
  /** The group's filters, one after the other from `firstTap`, of `taps` taps each. */
  readonly filters: number;
  readonly firstTap: number;
  readonly taps: number;
  /** For each pixel and tap, the index of the input value under it; −1 outside the image. */
  readonly patches: Int32Array;
}

/** Values of one filter. */
function tapsOf([, channels, height, width]: Shape4): number {
  return channels * height * width;
}

function* outputRows(
  [batch, channels, height, width]: Shape4,
  filterShape: Shape4,
  [, , outputHeight, pixels]: Shape4,
  { stride, padding, dilation, groups }: ConvolutionAttributes,
): Generator<OutputRow> {
  const [allFilters, filterChannels, filterHeight, filterWidth] = filterShape;
  const filters = allFilters / groups;
  const taps = tapsOf(filterShape);
  const plane = outputHeight * pixels;
  const patches = new Int32Array(pixels * taps);
  for (let n = 0; n < batch; n++) {
    for (let group = 0; group < groups; group++) {
      const firstChannel = n * channels + group * filterChannels;
      for (let y = 0; y < outputHeight; y++) {
        let entry = 0;
        for (let x = 0; x < pixels; x++) {
          for (let c = 0; c < filterChannels; c++) {
            for (let ky = 0; ky < filterHeight; ky++) {
              const row = y * stride[0] + ky * dilation[0] - padding[0];
              const rowStart = ((firstChannel + c) * height + row) * width;
              for (let kx = 0; kx < filterWidth; kx++) {
                const column = x * stride[1] + kx * dilation[1] - padding[1];
                const outside = row < 0 || row >= height || column < 0 || column >= width;
                patches[entry++] = outside ? -1 : rowStart + column;
              }
            }
          }
        }
        const start = (n * allFilters + group * filters) * plane + y * pixels;
        yield { start, plane, pixels, filters, firstTap: group * filters * taps, taps, patches };
      }
    }
  }
}

/** The values of the input under the taps. */
function gather(values: Float64Array, input: Float64Array, patches: Int32Array): void {
  for (let entry = 0; entry < patches.length; entry++) {
    const index = patches[entry]!;
    values[entry] = index < 0 ? 0 : input[index]!;
  }
}

export const conv2d: ReferenceKernel<"conv2d"> = (
  [input, filter],
  { attributes, shape },
  [inputShape, filterShape],
) => {
  const result = new Float64Array(sizeOf(shape));
  const values = new Float64Array(shape[3] * tapsOf(filterShape));
  for (const row of outputRows(inputShape, filterShape, shape, attributes)) {
    const { start, plane, pixels, filters, firstTap, taps, patches } = row;
    gather(values, input, patches);
    for (let f = 0; f < filters; f++) {
      addDots(result, start + f * plane, 1, filter, firstTap + f * taps, values, pixels, taps);
    }
  }
  return result;
};

export const conv2dGradInput: ReferenceKernel<"conv2dGradInput"> = (
  [gradient, filter],
  { attributes, shape },
  [gradientShape, filterShape],
) => {
  const result = new Float64Array(sizeOf(shape));
  const patch = new Float64Array(tapsOf(filterShape));
  for (const row of outputRows(shape, filterShape, gradientShape, attributes)) {
    const { start, plane, pixels, filters, firstTap, taps, patches } = row;
    for (let x = 0; x < pixels; x++) {
      patch.fill(0);
      addRows(patch, 0, gradient, start + x, plane, filter, firstTap, filters, taps);
      for (let tap = 0; tap < taps; tap++) {
        const index = patches[x * taps + tap]!;
        if (index >= 0) result[index]! += patch[tap]!;
      }
    }
  }
  return result;
};

export const conv2dGradFilter: ReferenceKernel<"conv2dGradFilter"> = (
  [input, gradient],
  { attributes, shape },
  [inputShape, gradientShape],
) => {
  const result = new Float64Array(sizeOf(shape));
  const values = new Float64Array(gradientShape[3] * tapsOf(shape));
  for (const row of outputRows(inputShape, shape, gradientShape, attributes)) {
    const { start, plane, pixels, filters, firstTap, taps, patches } = row;
    gather(values, input, patches);
    for (let f = 0; f < filters; f++) {
      addRows(result, firstTap + f * taps, gradient, start + f * plane, 1, values, 0, pixels, taps);
    }
  }
  return result;
};
