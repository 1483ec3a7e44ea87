import type { Crop } from "../pixels/resize.js";

/** Size of an image whose shorter side becomes this long; the longer side is rounded down, as torchvision does. */
export function shorterSideSize(
  [height, width]: readonly [height: number, width: number],
  shorterSide: number,
): readonly [height: number, width: number] {
  const longer = Math.trunc((shorterSide * Math.max(height, width)) / Math.min(height, width));
  return width <= height ? [longer, shorterSide] : [shorterSide, longer];
}

/** The middle of an image. Half a pixel of margin goes to the even side, as with Python's `round`, so as in torchvision. */
export function centerOf(
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
