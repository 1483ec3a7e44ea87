import { insidePadding } from "./conv2d.js";
import { inFours, type OperationKernel, type Quad, type Thread, type Volume } from "./kernel.js";
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
  /** Fours of a row's pixels. */
  readonly steps: number;
  readonly filterWidth: number;
  /** Of one channel. */
  readonly taps: number;
}

/**
 * The gradient as the correlation reads it: for each four filters of a group and each four pixels of a row, the sixteen
 * values next to each other, filter by filter; zeros where there is no filter or pixel.
 */
function tiled(this: Thread<Constants>, gradient: Volume): number {
  const inQuad = Math.floor((this.thread.x + 0.25) / 4);
  const line = Math.floor((this.thread.y + 0.25) / this.constants.steps);
  const n = Math.floor((line + 0.25) / this.constants.outputHeight);
  const y = line - n * this.constants.outputHeight;
  const x = (this.thread.y - line * this.constants.steps) * 4 + this.thread.x - inQuad * 4;
  const group = Math.floor((this.thread.z + 0.25) / this.constants.quads);
  const row = (this.thread.z - group * this.constants.quads) * 4 + inQuad;
  let result = 0;
  if (x < this.constants.outputWidth && row < this.constants.filters) {
    result = gradient[n]![group * this.constants.filters + row]![y * this.constants.outputWidth + x]!;
  }
  return result;
}

/**
 * Four filters of one group at one tap, four pixels at a time: four values of the image serve sixteen products. Each row
 * is summed by itself: short sums round less than one long one.
 */
function correlated(this: Thread<Constants>, images: Volume, tiles: Volume): Quad {
  const tap = Math.min(this.thread.x, this.constants.channels * this.constants.taps - 1);
  const c = Math.floor((tap + 0.25) / this.constants.taps);
  const place = tap - c * this.constants.taps;
  const tapY = Math.floor((place + 0.25) / this.constants.filterWidth);
  const tapX = place - tapY * this.constants.filterWidth;
  const origin = tapY * this.constants.dilationY * this.constants.paddedWidth + tapX * this.constants.dilationX;
  const group = Math.floor((this.thread.y + 0.25) / this.constants.quads);
  const channel = group * this.constants.channels + c;
  const q = this.thread.y;
  const last = this.constants.outputWidth - 1;
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
      for (let step = 0; step < this.constants.steps; step++) {
        const x = step * 4;
        const v0 = images[n]![channel]![line + x * this.constants.strideX]!;
        // Past the end of the row the tile holds zeros.
        const v1 = images[n]![channel]![line + Math.min(x + 1, last) * this.constants.strideX]!;
        const v2 = images[n]![channel]![line + Math.min(x + 2, last) * this.constants.strideX]!;
        const v3 = images[n]![channel]![line + Math.min(x + 3, last) * this.constants.strideX]!;
        const t = (n * this.constants.outputHeight + y) * this.constants.steps + step;
        r0 += v0 * tiles[q]![t]![0]! + v1 * tiles[q]![t]![1]! + v2 * tiles[q]![t]![2]! + v3 * tiles[q]![t]![3]!;
        r1 += v0 * tiles[q]![t]![4]! + v1 * tiles[q]![t]![5]! + v2 * tiles[q]![t]![6]! + v3 * tiles[q]![t]![7]!;
        r2 += v0 * tiles[q]![t]![8]! + v1 * tiles[q]![t]![9]! + v2 * tiles[q]![t]![10]! + v3 * tiles[q]![t]![11]!;
        r3 += v0 * tiles[q]![t]![12]! + v1 * tiles[q]![t]![13]! + v2 * tiles[q]![t]![14]! + v3 * tiles[q]![t]![15]!;
      }
      s0 += r0;
      s1 += r1;
      s2 += r2;
      s3 += r3;
    }
  }
  return [s0, s1, s2, s3];
}

export const conv2dGradFilter: OperationKernel<"conv2dGradFilter"> = async (
  run,
  [input, gradient],
  operation,
  [inputShape, gradientShape],
) => {
  const [allFilters, channels, filterHeight, filterWidth] = operation.shape;
  const { groups, stride, dilation } = operation.attributes;
  const [images, , outputHeight, outputWidth] = gradientShape;
  const placement = insidePadding(inputShape, operation.attributes);
  const padded = await pad(run, input, inputShape, placement);
  const taps = filterHeight * filterWidth;
  const width = inFours(channels * taps);
  const filters = allFilters / groups;
  const quads = inFours(filters) / 4;
  const steps = inFours(outputWidth) / 4;
  const lines = images * outputHeight;
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
    steps,
    filterWidth,
    taps,
  };
  const tiles = await run(tiled, { output: [16, steps * lines, quads * groups], integers }, [
    [gradient, [outputHeight * outputWidth, allFilters, images]],
  ]);
  const result = await run(correlated, { output: [width, quads * groups], integers }, [
    [padded, [paddedPlane(placement), inputShape[1], images]],
    [tiles, [16, steps * lines, quads * groups]],
  ]);
  return unpackQuads(run, result, { width, length: channels * taps, rows: allFilters, groups, images: 1 });
};
