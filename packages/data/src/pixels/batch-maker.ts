import type { Augmentation } from "./augment.js";
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
  readonly augmentation?: Augmentation | undefined;
}

/** What a batch is made of. */
export interface BatchTask {
  /** They must be in range. */
  readonly indices: Int32Array;
  /** Of a training, whose images are varied by it. */
  readonly epoch?: number | undefined;
}

/** Makes `[N, C, H, W]` of the images. */
export type BatchMaker = (task: BatchTask) => Float32Array;

export function batchMaker({ pixels, from, to, resizing, normalization, augmentation }: BatchMakerOptions): BatchMaker {
  const prepare = preparer(from, to, resizing, normalization, augmentation);
  const fromLength = from.height * from.width * from.channels;
  const toLength = to.height * to.width * to.channels;
  return ({ indices, epoch }) => {
    const images = new Float32Array(indices.length * toLength);
    indices.forEach((index, position) => {
      prepare(
        pixels.subarray(index * fromLength, (index + 1) * fromLength),
        images.subarray(position * toLength, (position + 1) * toLength),
        epoch === undefined ? undefined : { epoch, index },
      );
    });
    return images;
  };
}
