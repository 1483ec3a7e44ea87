import type { Pair } from "@alexnet/core";
import { inFours, type Quad, type Run, type Thread, type Values, type Volume } from "./kernel.js";
import { type Placement, paddedPlane } from "./pad.js";
import { unpackQuads } from "./quads.js";

interface Constants {
  readonly pixels: number;
  readonly outputWidth: number;
  readonly paddedWidth: number;
  readonly strideY: number;
  readonly strideX: number;
  readonly dilationY: number;
  readonly dilationX: number;
  readonly channels: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly filters: number;
  readonly quads: number;
}

/** Four filters of one group at one pixel: a value of the image, once loaded, serves four sums. */
function convolved(this: Thread<Constants>, images: Volume, filter: Volume): Quad {
  const pixel = Math.min(this.thread.x, this.constants.pixels - 1);
  const row = Math.floor((pixel + 0.25) / this.constants.outputWidth);
  const column = pixel - row * this.constants.outputWidth;
  const origin = row * this.constants.strideY * this.constants.paddedWidth + column * this.constants.strideX;
  const group = Math.floor((this.thread.y + 0.25) / this.constants.quads);
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
  for (let c = 0; c < this.constants.channels; c++) {
    const channel = group * this.constants.channels + c;
    for (let y = 0; y < this.constants.filterHeight; y++) {
      const line = origin + y * this.constants.dilationY * this.constants.paddedWidth;
      for (let x = 0; x < this.constants.filterWidth; x++) {
        const value = images[this.thread.z]![channel]![line + x * this.constants.dilationX]!;
        const tap = y * this.constants.filterWidth + x;
        s0 += value * filter[o0]![c]![tap]!;
        s1 += value * filter[o1]![c]![tap]!;
        s2 += value * filter[o2]![c]![tap]!;
        s3 += value * filter[o3]![c]![tap]!;
      }
    }
  }
  return [s0, s1, s2, s3];
}

/** A convolution without padding of its own. */
export interface Convolution {
  readonly batch: number;
  /** Channels and filters of one group. */
  readonly channels: number;
  readonly filters: number;
  readonly groups: number;
  readonly filterSize: Pair;
  readonly stride: Pair;
  readonly dilation: Pair;
  readonly outputSize: Pair;
}

/** Cross-correlates images that `pad` has made with filters `[groups · filters, channels, kH, kW]`. */
export async function convolve(
  run: Run,
  images: Values,
  placement: Placement,
  filter: Values,
  convolution: Convolution,
): Promise<Values> {
  const { batch, channels, filters, groups, filterSize, stride, dilation, outputSize } = convolution;
  const pixels = outputSize[0] * outputSize[1];
  const width = inFours(pixels);
  const quads = inFours(filters) / 4;
  const integers = {
    pixels,
    outputWidth: outputSize[1],
    paddedWidth: placement.width,
    strideY: stride[0],
    strideX: stride[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
    channels,
    filterHeight: filterSize[0],
    filterWidth: filterSize[1],
    filters,
    quads,
  };
  const result = await run(convolved, { output: [width, quads * groups, batch], integers }, [
    [images, [paddedPlane(placement), channels * groups, batch]],
    [filter, [filterSize[0] * filterSize[1], channels, filters * groups]],
  ]);
  return unpackQuads(run, result, { width, length: pixels, rows: filters * groups, groups, images: batch });
}
