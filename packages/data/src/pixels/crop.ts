import { InvalidArgumentError } from "@alexnet/core";
import { defaultShorterSide } from "@alexnet/core/support";
import type { PixelFormat } from "./format.js";
import type { Crop } from "./resize.js";

/** The size that an image is resized to, and the part of it that is kept. */
export interface Resizing {
  readonly size: readonly [height: number, width: number];
  readonly crop: Crop;
}

/** The whole image, whatever that does to its proportions. */
export function stretching({ height, width }: PixelFormat): Resizing {
  return { size: [height, width], crop: { top: 0, left: 0, height, width } };
}

/** The middle of the image whose shorter side has become `shorterSide`. Throws `InvalidArgumentError` where that is too short. */
export function centerCropping(
  from: PixelFormat,
  { height, width }: PixelFormat,
  shorterSide = defaultShorterSide([height, width]),
): Resizing {
  if (!Number.isSafeInteger(shorterSide) || shorterSide < Math.max(height, width)) {
    throw new InvalidArgumentError(
      `shorterSide must be a whole number of pixels, no less than the crop of ${height} x ${width}; got ${shorterSide}.`,
    );
  }
  const size = shorterSideSize([from.height, from.width], shorterSide);
  return { size, crop: centerOf(size, [height, width]) };
}

/** Size of an image whose shorter side becomes this long; the longer side is rounded down, as torchvision does. */
function shorterSideSize(
  [height, width]: readonly [height: number, width: number],
  shorterSide: number,
): readonly [height: number, width: number] {
  const longer = Math.trunc((shorterSide * Math.max(height, width)) / Math.min(height, width));
  return width <= height ? [longer, shorterSide] : [shorterSide, longer];
}

/** The middle of an image. Half a pixel of margin goes to the even side, as with Python's `round`, so as in torchvision. */
function centerOf(
  image: readonly [height: number, width: number],
  [height, width]: readonly [height: number, width: number],
): Crop {
  return {
    top: roundHalfToEven((image[0] - height) / 2),
    left: roundHalfToEven((image[1] - width) / 2),
    height,
    width,
  };
}

function roundHalfToEven(value: number): number {
  const down = Math.floor(value);
  return value - down === 0.5 ? down + (down % 2) : Math.round(value);
}
