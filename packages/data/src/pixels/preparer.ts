import { middlePlacement, type Placement } from "./augment.js";
import type { Resizing } from "./crop.js";
import type { PixelFormat } from "./format.js";
import { luminance } from "./luminance.js";
import { type Normalization, normalizationTable } from "./normalization.js";
import { bilinearResizer, type Resizer } from "./resize.js";

/**
 * Turns one image into planes of float32: `pixels` is `[H, W, C]` uint8, `out` `[C, H, W]` of the size asked for, the middle unless
 * another part is named.
 */
export type Preparer = (pixels: Uint8Array, out: Float32Array, place?: Placement) => void;

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
 * to `[0, range]`, normalized. `resizing` may be to a larger size, of which parts are taken; a mean image is of that size.
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
  const { height, width } = resizing.crop;
  const middle = middlePlacement([height - to.height, width - to.width]);
  return (pixels, out, place = middle) => {
    const resized = resize(pixels);
    for (const [channel, table] of tables.entries()) {
      const color = reversed ? tables.length - 1 - channel : channel;
      const planes = out.subarray(channel * plane, (channel + 1) * plane);
      const shift = place.shift ? place.shift[color]! * range : 0;
      writePlane(resized, { first: channels === 1 ? 0 : color, step: channels, width }, place, to.width, table, planes);
      const image = meanImage?.subarray(channel * height * width, (channel + 1) * height * width);
      if (image) takeOff(image, { first: 0, step: 1, width }, place, to.width, std[channel]!, shift, planes);
      else if (shift !== 0) for (let at = 0; at < plane; at++) planes[at]! += shift / std[channel]!;
    }
  };
}

/** Where the values of one channel are: the first, from one pixel to the next, and how many pixels a row has. */
interface Layout {
  readonly first: number;
  readonly step: number;
  readonly width: number;
}

/** Calls `visit` for each row of the part, with the place of its first pixel and from one to the next: backwards when mirrored. */
function eachRow(
  { first, step, width }: Layout,
  { top, left, mirrored }: Placement,
  columns: number,
  rows: number,
  visit: (row: number, start: number, stride: number) => void,
): void {
  for (let row = 0; row < rows; row++) {
    const start = (top + row) * width + (mirrored ? left + columns - 1 : left);
    visit(row * columns, first + start * step, mirrored ? -step : step);
  }
}

function writePlane(
  pixels: Uint8Array,
  layout: Layout,
  place: Placement,
  columns: number,
  table: Float32Array,
  out: Float32Array,
): void {
  eachRow(layout, place, columns, out.length / columns, (row, start, stride) => {
    for (let x = 0, at = start; x < columns; x++, at += stride) out[row + x] = table[pixels[at]!]!;
  });
}

/** Takes a mean image off, moves the color, and divides. */
function takeOff(
  image: Float32Array,
  layout: Layout,
  place: Placement,
  columns: number,
  std: number,
  shift: number,
  out: Float32Array,
): void {
  eachRow(layout, place, columns, out.length / columns, (row, start, stride) => {
    for (let x = 0, at = start; x < columns; x++, at += stride) {
      out[row + x] = Math.fround(out[row + x]! + shift - image[at]!) / std;
    }
  });
}
