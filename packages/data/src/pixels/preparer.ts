import type { Resizing } from "./crop.js";
import type { PixelFormat } from "./format.js";
import { luminance } from "./luminance.js";
import { type Normalization, normalizationTable } from "./normalization.js";
import { bilinearResizer } from "./resize.js";

/** Turns one image into planes of float32: `pixels` is `[H, W, C]` uint8, `out` `[C, H, W]` of the size asked for. */
export type Preparer = (pixels: Uint8Array, out: Float32Array) => void;

/**
 * Pixels to what a model takes: gray as the model has it (RGB becomes its luminance, gray is repeated), resized, scaled
 * to `[0, range]`, normalized. Color changes come first, so that a gray model resizes one channel and not three.
 */
export function preparer(
  from: PixelFormat,
  to: PixelFormat,
  { size, crop }: Resizing,
  { mean, std, range, reversed }: Normalization,
): Preparer {
  const channels = Math.min(from.channels, to.channels);
  const resize = bilinearResizer([from.height, from.width], size, channels, crop);
  const gray = new Uint8Array(from.channels > channels ? from.height * from.width : 0);
  const tables = mean.map((value, channel) => normalizationTable(value, std[channel]!, range));
  const plane = to.height * to.width;
  return (pixels, out) => {
    const resized = resize(gray.length > 0 ? luminance(pixels, gray) : pixels);
    tables.forEach((table, channel) => {
      writePlane(
        resized,
        channels === 1 ? 0 : reversed ? channels - 1 - channel : channel,
        channels,
        table,
        out.subarray(channel * plane, (channel + 1) * plane),
      );
    });
  };
}

function writePlane(pixels: Uint8Array, first: number, step: number, table: Float32Array, out: Float32Array): void {
  for (let index = 0, position = first; index < out.length; index++, position += step) {
    out[index] = table[pixels[position]!]!;
  }
}
