import type { PixelFormat } from "./format.js";
import type { Crop, Resizing } from "./resize.js";

/** How images of any size are brought to one. */
export interface Geometry {
  /** As in `Preprocessing`. */
  readonly resizeMode: "stretch" | "center-crop";
  /** For `"center-crop"`. */
  readonly shorterSide: number;
  /** What comes of it, of which a part may be taken afterwards. */
  readonly whole: readonly [height: number, width: number];
}

/** How an image is resized, of which this part of `whole` is wanted. */
export function resizingOf(
  { height, width }: Pick<PixelFormat, "height" | "width">,
  { resizeMode, shorterSide, whole }: Geometry,
  part: Crop,
): Resizing {
  const box = { top: 0, left: 0, height, width };
  if (resizeMode === "stretch") return { box, size: whole, crop: part };
  const size = shorterSideSize([height, width], shorterSide);
  const [top, left] = [0, 1].map((axis) => roundHalfToEven((size[axis]! - whole[axis]!) / 2));
  return { box, size, crop: { ...part, top: top! + part.top, left: left! + part.left } };
}

/** Size of an image whose shorter side becomes this long; the longer side is rounded down, as torchvision does. */
export function shorterSideSize(
  [height, width]: readonly [height: number, width: number],
  shorterSide: number,
): readonly [height: number, width: number] {
  const longer = Math.trunc((shorterSide * Math.max(height, width)) / Math.min(height, width));
  return width <= height ? [longer, shorterSide] : [shorterSide, longer];
}

/** Half a pixel of margin goes to the even side, as with Python's `round`, so as in torchvision. */
function roundHalfToEven(value: number): number {
  const down = Math.floor(value);
  return value - down === 0.5 ? down + (down % 2) : Math.round(value);
}
