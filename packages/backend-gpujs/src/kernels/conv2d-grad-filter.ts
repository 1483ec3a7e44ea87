import { insidePadding } from "./conv2d.js";
import { inFours, type OperationKernel, type Quad, type Shape4, type Thread, type Two, type Volume } from "./kernel.js";
import { pad, paddedPlane } from "./pad.js";
import { unpackQuads } from "./quads.js";

interface Constants {
  readonly images: number;
  readonly outputHeight: number;
  readonly outputWidth: number;
  readonly paddedWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  /** Of one group. */
  readonly channels: number;
  readonly filters: number;
  readonly quads: number;
  readonly filterWidth: number;
  /** Of one channel. */
  readonly taps: number;
}

/**
 * Four filters of one group at one tap: a value of the image, once loaded, serves four sums. Each row is summed by
 * itself: short sums round less than one long one.
 */
function correlated(this: Thread<Constants>, images: Volume, gradient: Volume): Quad {
  const tap = Math.min(this.thread.x, this.constants.channels * this.constants.taps - 1);
  const c = Math.floor((tap + 0.25) / this.constants.taps);
  const place = tap - c * this.constants.taps;
  const tapY = Math.floor((place + 0.25) / this.constants.filterWidth);
  const tapX = place - tapY * this.constants.filterWidth;
  const origin = tapY * this.constants.dilationY * this.constants.paddedWidth + tapX * this.constants.dilationX;
  const group = Math.floor((this.thread.y + 0.25) / this.constants.quads);
  const channel = group * this.constants.channels + c;
  const first = group * this.constants.filters;
  const last = first + this.constants.filters - 1;
  const o0 = first + (this.thread.y - group * this.constants.quads) * 4;
  const o1 = Math.min(o0 + 1, last);
  const o2 = Math.min(o0 + 2, last);
  const o3 = Math.min(o0 + 3, last);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let n = 0; n < this.constants.images; n++) {
    for (let y = 0; y < this.constants.outputHeight; y++) {
      const line = origin + y * this.constants.strideY * this.constants.paddedWidth;
      let r0 = 0;
      let r1 = 0;
      let r2 = 0;
      let r3 = 0;
      for (let x = 0; x < this.constants.outputWidth; x++) {
        const value = images[n]![channel]![line + x * this.constants.strideX]!;
        const pixel = y * this.constants.outputWidth + x;
        r0 += value * gradient[n]![o0]![pixel]!;
        r1 += value * gradient[n]![o1]![pixel]!;
        r2 += value * gradient[n]![o2]![pixel]!;
        r3 += value * gradient[n]![o3]![pixel]!;
      }
      s0 += r0;
      s1 += r1;
      s2 += r2;
      s3 += r3;
    }
  }
  return [s0, s1, s2, s3];
}

export const conv2dGradFilter: OperationKernel<"conv2dGradFilter"> = async (run, inputs, operation, inputShapes) => {
  const [input, gradient] = inputs as Two;
  const [inputShape, gradientShape] = inputShapes as readonly [Shape4, Shape4];
  const [allFilters, channels, filterHeight, filterWidth] = operation.shape as Shape4;
  const { groups, stride, dilation } = operation.attributes;
  const [images, , outputHeight, outputWidth] = gradientShape;
  const placement = insidePadding(inputShape, operation.attributes);
  const padded = await pad(run, input, inputShape, placement);
  const taps = filterHeight * filterWidth;
  const width = inFours(channels * taps);
  const filters = allFilters / groups;
  const quads = inFours(filters) / 4;
  const integers = {
    images,
    outputHeight,
    outputWidth,
    paddedWidth: placement.width,
    strideY: stride[0],
    strideX: stride[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
    channels,
    filters,
    quads,
    filterWidth,
    taps,
  };
  const result = await run(correlated, { output: [width, quads * groups], integers }, [
    [padded, [paddedPlane(placement), inputShape[1], images]],
    [gradient, [outputHeight * outputWidth, allFilters, images]],
  ]);
  return unpackQuads(run, result, { width, length: channels * taps, rows: allFilters, groups, images: 1 });
};
