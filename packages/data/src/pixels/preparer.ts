import type { Resizing } from "./crop.js";
import type { PixelFormat } from "./format.js";
import { luminance } from "./luminance.js";
import { type Normalization, normalizationTable } from "./normalization.js";
import { bilinearResizer, type Resizer } from "./resize.js";

/** Turns one image into planes of float32: `pixels` is `[H, W, C]` uint8, `out` `[C, H, W]` of the size asked for. */
export type Preparer = (pixels: Uint8Array, out: Float32Array) => void;

/**
 * Pixels brought to a size, in as few channels as both have: RGB becomes its luminance first, so that a gray model resizes one
 * channel and not three, and gray stays gray. The result is overwritten by the next call.
 */
export function resizer(from: PixelFormat, to: PixelFormat, { size, crop }: Resizing): Resizer {
  const channels = Math.min(from.channels, to.channels);
  const resize = bilinearResizer([from.height, from.width], size, channels, crop);
  const gray = new Uint8Array(from.channels > channels ? from.height * from.width : 0);
  return (pixels) => resize(gray.length > 0 ? luminance(pixels, gray) : pixels);
}

/**
 * Pixels to what a model takes: gray as the model has it (RGB becomes its luminance, gray is repeated), resized, scaled
 * to `[0, range]`, normalized.
 */
export function preparer(
  from: PixelFormat,
  to: PixelFormat,
  resizing: Resizing,
  { mean, meanImage, std, range, reversed }: Normalization,
): Preparer {
  const channels = Math.min(from.channels, to.channels);
  const resize = resizer(from, to, resizing);
  // A pixel's own mean comes before the division, which is then no longer the table's.
  const tables = mean.map((value, channel) => normalizationTable(value, meanImage ? 1 : std[channel]!, range));
  const plane = to.height * to.width;
  return (pixels, out) => {
    const resized = resize(pixels);
    tables.forEach((table, channel) => {
      writePlane(
        resized,
        channels === 1 ? 0 : reversed ? channels - 1 - channel : channel,
        channels,
        table,
        out.subarray(channel * plane, (channel + 1) * plane),
      );
    });
    if (meanImage) {
      for (let index = 0; index < out.length; index++) {
        out[index] = Math.fround(out[index]! - meanImage[index]!) / std[Math.floor(index / plane)]!;
      }
    }
  };
}

function writePlane(pixels: Uint8Array, first: number, step: number, table: Float32Array, out: Float32Array): void {
  for (let index = 0, position = first; index < out.length; index++, position += step) {
    out[index] = table[pixels[position]!]!;
  }
}
