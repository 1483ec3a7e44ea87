import type { Placement } from "./augment.js";

/**
 * Several looks at each image, whose answers are averaged: `"ten-crop"` are the four corners and the middle, then the same mirrored
 * (Krizhevsky et al., 2012, section 4.1; the order is torchvision's `TenCrop`).
 */
export type Views = "ten-crop";

/** How many looks these are. */
export const viewCounts: Readonly<Record<Views, number>> = { "ten-crop": 10 };

/** Which parts they are; `room` is by how much an image is higher and wider than a part. */
export function viewPlacements(
  _: Views,
  [height, width]: readonly [height: number, width: number],
): readonly Placement[] {
  const corners = [
    [0, 0],
    [0, width],
    [height, 0],
    [height, width],
    [Math.floor(height / 2), Math.floor(width / 2)],
  ] as const;
  return [false, true].flatMap((mirrored) => corners.map(([top, left]) => ({ top, left, mirrored, shift: undefined })));
}
