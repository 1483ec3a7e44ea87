import { middlePlacement, type Placement } from "./augment.js";
import type { DecodedImage, PixelFormat } from "./format.js";
import { type Geometry, resizingOf } from "./geometry.js";
import { luminance } from "./luminance.js";
import { type Normalization, normalizationTable } from "./normalization.js";
import { bilinearResizer } from "./resize.js";

/** What a model takes, and how images become it. */
export interface Preparing {
  readonly to: PixelFormat;
  readonly geometry: Geometry;
  readonly normalization: Normalization;
}

/** Turns one image into planes of float32, `[C, H, W]`: the middle of what it is resized to, unless another part is named. */
export type Preparer = (image: DecodedImage, out: Float32Array, place?: Placement) => void;

/**
 * Images to what a model takes: gray as the model has it (RGB becomes its luminance before it is resized, gray is repeated), resized,
 * scaled to `[0, range]`, normalized.
 */
export function preparer({ to, geometry, normalization }: Preparing): Preparer {
  const { mean, meanImage, std, range, reversed } = normalization;
  const resize = bilinearResizer();
  // A pixel's own mean comes before the division, which is then no longer the table's.
  const tables = mean.map((value, channel) => normalizationTable(value, meanImage ? 1 : std[channel]!, range));
  const ofColors = reversed ? tables.toReversed() : tables;
  const plane = to.height * to.width;
  const [height, width] = geometry.whole;
  const middle = middlePlacement([height - to.height, width - to.width]);
  let gray = new Uint8Array(0);

  function inFewChannels(image: DecodedImage): DecodedImage {
    if (image.channels <= to.channels) return image;
    const pixels = image.height * image.width;
    if (gray.length < pixels) gray = new Uint8Array(pixels);
    return { ...image, channels: 1, data: luminance(image.data, gray.subarray(0, pixels)) };
  }

  return (given, out, place = middle) => {
    const image = inFewChannels(given);
    const size = { height: to.height, width: to.width };
    const resizing = place.box
      ? { box: place.box, size: [size.height, size.width] as const, crop: { top: 0, left: 0, ...size } }
      : resizingOf(image, geometry, { top: place.top, left: place.left, ...size });
    const resized = resize(image.data, image, resizing);
    const { channels } = image;
    const isColored = channels === 3;
    if (isColored) writeColors(resized, ofColors, reversed, place.mirrored, to, out);
    for (const [channel, table] of tables.entries()) {
      const color = reversed ? tables.length - 1 - channel : channel;
      const planes = out.subarray(channel * plane, (channel + 1) * plane);
      const shift = place.shift ? place.shift[color]! * range : 0;
      if (!isColored) writeGray(resized, place.mirrored, to, table, planes);
      const image = meanImage?.subarray(channel * height * width, (channel + 1) * height * width);
      if (image) takeOff(image, width, place, to, std[channel]!, shift, planes);
      else if (shift !== 0) for (let at = 0; at < plane; at++) planes[at]! += shift / std[channel]!;
    }
  };
}

/** Red, green and blue through their tables into a plane each, of which red's is the first unless reversed; backwards when mirrored. */
function writeColors(
  pixels: Uint8Array,
  [red, green, blue]: readonly Float32Array[],
  reversed: boolean,
  mirrored: boolean,
  { height, width }: PixelFormat,
  out: Float32Array,
): void {
  const plane = height * width;
  const [reds, greens, blues] = reversed ? [2 * plane, plane, 0] : [0, plane, 2 * plane];
  const [r, g, b] = [red!, green!, blue!];
  const step = mirrored ? -3 : 3;
  for (let row = 0; row < height; row++) {
    let at = (row * width + (mirrored ? width - 1 : 0)) * 3;
    const end = (row + 1) * width;
    for (let to = row * width; to < end; to++, at += step) {
      out[reds + to] = r[pixels[at]!]!;
      out[greens + to] = g[pixels[at + 1]!]!;
      out[blues + to] = b[pixels[at + 2]!]!;
    }
  }
}

/** Gray through a table, backwards when mirrored. */
function writeGray(
  pixels: Uint8Array,
  mirrored: boolean,
  { height, width }: PixelFormat,
  table: Float32Array,
  out: Float32Array,
): void {
  const step = mirrored ? -1 : 1;
  for (let row = 0; row < height; row++) {
    let at = row * width + (mirrored ? width - 1 : 0);
    const end = (row + 1) * width;
    for (let to = row * width; to < end; to++, at += step) out[to] = table[pixels[at]!]!;
  }
}

/** Takes the same part of a mean image off, moves the color, and divides. */
function takeOff(
  image: Float32Array,
  imageWidth: number,
  { top, left, mirrored }: Placement,
  { height, width }: PixelFormat,
  std: number,
  shift: number,
  out: Float32Array,
): void {
  const step = mirrored ? -1 : 1;
  for (let row = 0; row < height; row++) {
    let at = (top + row) * imageWidth + left + (mirrored ? width - 1 : 0);
    const end = (row + 1) * width;
    for (let to = row * width; to < end; to++, at += step) {
      out[to] = Math.fround(out[to]! + shift - image[at]!) / std;
    }
  }
}
