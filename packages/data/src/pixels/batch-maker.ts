import { type Augmentation, type Placement, placementOf } from "./augment.js";
import type { Resizing } from "./crop.js";
import type { PixelFormat } from "./format.js";
import type { Normalization } from "./normalization.js";
import { preparer } from "./preparer.js";
import { type Views, viewPlacements } from "./views.js";

/** All that decides a batch's pixels; plain data, so that a worker can have it. */
export interface BatchMakerOptions {
  /** `[N, H, W, C]` of format `from`. */
  readonly pixels: Uint8Array;
  readonly from: PixelFormat;
  readonly to: PixelFormat;
  readonly resizing: Resizing;
  readonly normalization: Normalization;
  readonly augmentation?: Augmentation | undefined;
  /** So many examples show each image. */
  readonly views?: Views | undefined;
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

export function batchMaker(options: BatchMakerOptions): BatchMaker {
  const { pixels, from, to, resizing, normalization, augmentation, views } = options;
  const room = [resizing.crop.height - to.height, resizing.crop.width - to.width] as const;
  const places = views && viewPlacements(views, room);
  const placeOf = (index: number, epoch: number | undefined): Placement | undefined => {
    if (places) return places[index % places.length];
    return augmentation && epoch !== undefined ? placementOf(augmentation, { epoch, index }, room) : undefined;
  };
  const prepare = preparer(from, to, resizing, normalization);
  const fromLength = from.height * from.width * from.channels;
  const toLength = to.height * to.width * to.channels;
  return ({ indices, epoch }) => {
    const images = new Float32Array(indices.length * toLength);
    indices.forEach((index, position) => {
      const image = places ? Math.floor(index / places.length) : index;
      prepare(
        pixels.subarray(image * fromLength, (image + 1) * fromLength),
        images.subarray(position * toLength, (position + 1) * toLength),
        placeOf(index, epoch),
      );
    });
    return images;
  };
}
