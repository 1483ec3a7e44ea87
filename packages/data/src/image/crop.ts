import type { DecodedImage } from "./decode-image.js";

/** Size of an image whose shorter side becomes this long; the longer side is rounded down, as torchvision does. */
export function shorterSideSize(
  [height, width]: readonly [height: number, width: number],
  shorterSide: number,
): readonly [height: number, width: number] {
  const longer = Math.trunc((shorterSide * Math.max(height, width)) / Math.min(height, width));
  return width <= height ? [longer, shorterSide] : [shorterSide, longer];
}

/** The middle of an image. Half a pixel of margin goes to the even side, as with Python's `round`, so as in torchvision. */
export function cropCenter(
  image: DecodedImage,
  [height, width]: readonly [height: number, width: number],
): DecodedImage {
  const { channels } = image;
  const top = roundHalfToEven((image.height - height) / 2);
  const left = roundHalfToEven((image.width - width) / 2);
  const data = new Uint8Array(height * width * channels);
  for (let y = 0; y < height; y++) {
    const first = ((top + y) * image.width + left) * channels;
    data.set(image.data.subarray(first, first + width * channels), y * width * channels);
  }
  return { height, width, channels, data };
}

function roundHalfToEven(value: number): number {
  const down = Math.floor(value);
  return value - down === 0.5 ? down + (down % 2) : Math.round(value);
}
