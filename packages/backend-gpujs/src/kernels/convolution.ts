import type { Pair } from "@alexnet/core/program";
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
  /** Of one group. */
  readonly channels: number;
  readonly filters: number;
  readonly quads: number;
  /** Fours of channels. */
  readonly steps: number;
  readonly filterHeight: number;
  readonly filterWidth: number;
  readonly taps: number;
}

/**
 * Filters as the convolution reads them: for each four filters of a group, each four channels and each tap, the sixteen
 * values next to each other, filter by filter; zeros where there is no filter or channel.
 */
function tiled(this: Thread<Constants>, filter: Volume): number {
  const inQuad = Math.floor((this.thread.x + 0.25) / 4);
  const step = Math.floor((this.thread.y + 0.25) / this.constants.taps);
  const tap = this.thread.y - step * this.constants.taps;
  const channel = step * 4 + this.thread.x - inQuad * 4;
  const group = Math.floor((this.thread.z + 0.25) / this.constants.quads);
  const row = (this.thread.z - group * this.constants.quads) * 4 + inQuad;
  let result = 0;
  if (channel < this.constants.channels && row < this.constants.filters) {
    result = filter[group * this.constants.filters + row]![channel]![tap]!;
  }
  return result;
}

/** Four filters of one group at one pixel, four channels at a time: four values of the image serve sixteen products. */
function convolved(this: Thread<Constants>, images: Volume, tiles: Volume): Quad {
  const pixel = Math.min(this.thread.x, this.constants.pixels - 1);
  const row = Math.floor((pixel + 0.25) / this.constants.outputWidth);
  const column = pixel - row * this.constants.outputWidth;
  const origin = row * this.constants.strideY * this.constants.paddedWidth + column * this.constants.strideX;
  const group = Math.floor((this.thread.y + 0.25) / this.constants.quads);
  const first = group * this.constants.channels;
  const last = first + this.constants.channels - 1;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let step = 0; step < this.constants.steps; step++) {
    const c0 = first + step * 4;
    // Past the last channel the tile holds zeros.
    const c1 = Math.min(c0 + 1, last);
    const c2 = Math.min(c0 + 2, last);
    const c3 = Math.min(c0 + 3, last);
    for (let y = 0; y < this.constants.filterHeight; y++) {
      const line = origin + y * this.constants.dilationY * this.constants.paddedWidth;
      for (let x = 0; x < this.constants.filterWidth; x++) {
        const place = line + x * this.constants.dilationX;
        const v0 = images[this.thread.z]![c0]![place]!;
        const v1 = images[this.thread.z]![c1]![place]!;
        const v2 = images[this.thread.z]![c2]![place]!;
        const v3 = images[this.thread.z]![c3]![place]!;
        const t = step * this.constants.taps + y * this.constants.filterWidth + x;
        const q = this.thread.y;
        s0 += v0 * tiles[q]![t]![0]! + v1 * tiles[q]![t]![1]! + v2 * tiles[q]![t]![2]! + v3 * tiles[q]![t]![3]!;
        s1 += v0 * tiles[q]![t]![4]! + v1 * tiles[q]![t]![5]! + v2 * tiles[q]![t]![6]! + v3 * tiles[q]![t]![7]!;
        s2 += v0 * tiles[q]![t]![8]! + v1 * tiles[q]![t]![9]! + v2 * tiles[q]![t]![10]! + v3 * tiles[q]![t]![11]!;
        s3 += v0 * tiles[q]![t]![12]! + v1 * tiles[q]![t]![13]! + v2 * tiles[q]![t]![14]! + v3 * tiles[q]![t]![15]!;
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
  const steps = inFours(channels) / 4;
  const taps = filterSize[0] * filterSize[1];
  const integers = {
    pixels,
    outputWidth: outputSize[1],
    paddedWidth: placement.width,
    strideY: stride[0],
    strideX: stride[1],
    dilationY: dilation[0],
    dilationX: dilation[1],
    channels,
    filters,
    quads,
    steps,
    filterHeight: filterSize[0],
    filterWidth: filterSize[1],
    taps,
  };
  const tiles = await run(tiled, { output: [16, steps * taps, quads * groups], integers }, [
    [filter, [taps, channels, filters * groups]],
  ]);
  const result = await run(convolved, { output: [width, quads * groups, batch], integers }, [
    [images, [paddedPlane(placement), channels * groups, batch]],
    [tiles, [16, steps * taps, quads * groups]],
  ]);
  return unpackQuads(run, result, { width, length: pixels, rows: filters * groups, groups, images: batch });
}
