import type { Resizing } from "./crop.js";
import type { PixelFormat } from "./format.js";
import type { Normalization } from "./normalization.js";
import { preparer } from "./preparer.js";

/** All that decides a batch's pixels; plain data, so that a worker can have it. */
export interface BatchMakerOptions {
  /** `[N, H, W, C]` of format `from`. */
  readonly pixels: Uint8Array;
  readonly from: PixelFormat;
  readonly to: PixelFormat;
  readonly resizing: Resizing;
  readonly normalization: Normalization;
}

/** Makes `[N, C, H, W]` of the images with these indices, which must be in range. */
export type BatchMaker = (indices: Int32Array) => Float32Array;

export function batchMaker({ pixels, from, to, resizing, normalization }: BatchMakerOptions): BatchMaker {
  const prepare = preparer(from, to, resizing, normalization);
  const fromLength = from.height * from.width * from.channels;
  const toLength = to.height * to.width * to.channels;
  return (indices) => {
    const images = new Float32Array(indices.length * toLength);
    indices.forEach((index, position) => {
      prepare(
        pixels.subarray(index * fromLength, (index + 1) * fromLength),
        images.subarray(position * toLength, (position + 1) * toLength),
      );
    });
    return images;
  };
}
