import type { PixelFormat } from "./format.js";

/** A part of an image: where it begins and how large it is, in pixels. */
export interface Crop {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/** What is resized, to what, and which part of that is wanted. */
export interface Resizing {
  /** Of the image as it is; all else is as if it were not there. */
  readonly box: Crop;
  /** What the box is resized to. */
  readonly size: readonly [height: number, width: number];
  /** Of the resized box. */
  readonly crop: Crop;
}

/** Resizes images of any size; pixels and the result are `[H, W, C]` uint8. */
export type Resizer = (pixels: Uint8Array, image: PixelFormat, resizing: Resizing) => Uint8Array;

/** Taps of one axis: output `i` is the sum of `weights[i * stride + k] * input[starts[i] + k]` for `k < counts[i]`. */
interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** Fixed point, `precisionBits` after the point. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/** 32 bits less 8 for the pixel and 2 against overflow, as in Pillow. */
const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/**
 * A resizer that gives what `Image.resize(…, Image.BILINEAR)` of Pillow up to 12 gives, bit for bit: a triangle filter,
 * widened by the scale when shrinking so that no pixel is skipped, applied along rows and then along columns, with 8-bit
 * values in between and 22-bit fixed-point weights. (Pillow 13 goes along columns first for some sizes, which changes
 * a last bit here and there.) Of the resized image only the crop is computed, so that the work and the memory it takes
 * depend on the crop and on the pixels it is made of, not on how large the whole would be. The result is overwritten by
 * the next call, or is a part of the pixels given.
 */
export function bilinearResizer(): Resizer {
  const widenedRoom = room();
  const resizedRoom = room();
  const tapsAcross = remembered();
  const tapsDown = remembered();
  return (pixels, { width, channels }, { box, size, crop }) => {
    const across = box.width === size[1] ? undefined : tapsAcross(box.width, size[1], crop.left, crop.width);
    const down = box.height === size[0] ? undefined : tapsDown(box.height, size[0], crop.top, crop.height);
    // The rows that the wanted ones are made of; all others need not be widened.
    const [first, end] = down ? reach(down) : [crop.top, crop.top + crop.height];
    const length = crop.width * channels;
    const rowsOf = { pixels, from: (box.top + first) * width + box.left, width, channels, count: end - first };
    let rows: Uint8Array;
    if (across) rows = (channels === 3 ? widenColors : widenGray)(rowsOf, across, widenedRoom((end - first) * length));
    else if (crop.width === width)
      rows = pixels.subarray(rowsOf.from * channels, (rowsOf.from + (end - first) * width) * channels);
    else rows = copyRows(rowsOf, crop, widenedRoom((end - first) * length));
    return down ? resizeColumns(rows, resizedRoom(crop.height * length), down, first, length) : rows;
  };
}

/** Room for bytes, kept from call to call. */
function room(): (length: number) => Uint8Array {
  let bytes = new Uint8Array(0);
  return (length) => {
    if (bytes.length < length) bytes = new Uint8Array(length);
    return bytes.subarray(0, length);
  };
}

/** The taps asked for, kept for the next call, which is often for the same. */
function remembered(): typeof triangleTaps {
  let asked: readonly number[] = [];
  let taps: Taps | undefined;
  return (...of) => {
    if (!taps || of.some((value, index) => value !== asked[index])) {
      taps = triangleTaps(...of);
      asked = of;
    }
    return taps;
  };
}

/** The first input that any output is made of, and the one after the last. */
function reach({ starts, counts }: Taps): readonly [first: number, end: number] {
  const last = starts.length - 1;
  return [starts[0]!, starts[last]! + counts[last]!];
}

/** The taps of `count` outputs from `first` on. */
function triangleTaps(from: number, to: number, first: number, count: number): Taps {
  const scale = from / to;
  const support = Math.max(scale, 1);
  const stride = Math.ceil(support) * 2 + 1;
  const starts = new Int32Array(count);
  const counts = new Int32Array(count);
  const weights = new Int32Array(count * stride);
  const triangle = new Float64Array(stride);
  for (let index = 0; index < count; index++) {
    const center = (first + index + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    const taps = Math.min(Math.trunc(center + support + 0.5), from) - start;
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      triangle[tap] = Math.max(1 - Math.abs((start + tap - center + 0.5) * (1 / support)), 0);
      sum += triangle[tap]!;
    }
    starts[index] = start;
    counts[index] = taps;
    for (let tap = 0; tap < taps; tap++) {
      weights[index * stride + tap] = Math.trunc(0.5 + (triangle[tap]! / sum) * (1 << precisionBits));
    }
  }
  return { starts, counts, weights, stride };
}

/** Rows of an image: where the first begins, in pixels, how many pixels lie from one to the next, and how many there are. */
interface Rows {
  readonly pixels: Uint8Array;
  readonly from: number;
  readonly width: number;
  readonly channels: number;
  readonly count: number;
}

function copyRows({ pixels, from, width, channels, count }: Rows, crop: Crop, out: Uint8Array): Uint8Array {
  const length = crop.width * channels;
  for (let row = 0; row < count; row++) {
    const start = (from + crop.left + row * width) * channels;
    out.set(pixels.subarray(start, start + length), row * length);
  }
  return out;
}

/** The three channels at once, which takes half the time of one after the other. */
function widenColors({ pixels, from, width, count }: Rows, taps: Taps, out: Uint8Array): Uint8Array {
  const { starts, counts, weights, stride } = taps;
  let to = 0;
  for (let row = 0; row < count; row++) {
    const base = from + row * width;
    for (let x = 0; x < starts.length; x++) {
      let at = (base + starts[x]!) * 3;
      let tap = x * stride;
      const end = tap + counts[x]!;
      let [red, green, blue] = [half, half, half];
      for (; tap < end; tap++, at += 3) {
        const weight = weights[tap]!;
        red = (red + Math.imul(pixels[at]!, weight)) | 0;
        green = (green + Math.imul(pixels[at + 1]!, weight)) | 0;
        blue = (blue + Math.imul(pixels[at + 2]!, weight)) | 0;
      }
      out[to] = red >> precisionBits;
      out[to + 1] = green >> precisionBits;
      out[to + 2] = blue >> precisionBits;
      to += 3;
    }
  }
  return out;
}

function widenGray({ pixels, from, width, count }: Rows, taps: Taps, out: Uint8Array): Uint8Array {
  const { starts, counts, weights, stride } = taps;
  let to = 0;
  for (let row = 0; row < count; row++) {
    const base = from + row * width;
    for (let x = 0; x < starts.length; x++) {
      let at = base + starts[x]!;
      let tap = x * stride;
      const end = tap + counts[x]!;
      let sum = half;
      for (; tap < end; tap++, at++) sum = (sum + Math.imul(pixels[at]!, weights[tap]!)) | 0;
      out[to++] = sum >> precisionBits;
    }
  }
  return out;
}

/** `rows` begin with the one that is called `first` in the taps. */
function resizeColumns(rows: Uint8Array, out: Uint8Array, taps: Taps, first: number, length: number): Uint8Array {
  const { starts, counts, weights, stride } = taps;
  for (let y = 0; y < starts.length; y++) {
    const start = (starts[y]! - first) * length;
    const count = counts[y]!;
    const at = y * stride;
    const row = out.subarray(y * length, (y + 1) * length);
    // Without a loop over the taps it takes half the time; enlarging has at most two, shrinking a little three or four.
    if (count === 2) blend2(rows, start, length, weights[at]!, weights[at + 1]!, row);
    else if (count === 3 || count === 4) {
      const last = count === 4 ? weights[at + 3]! : 0;
      blend4(rows, start, length, [weights[at]!, weights[at + 1]!, weights[at + 2]!, last], row);
    } else {
      for (let x = 0; x < length; x++) {
        let sum = half;
        for (let tap = 0; tap < count; tap++) {
          sum = (sum + Math.imul(rows[start + tap * length + x]!, weights[at + tap]!)) | 0;
        }
        row[x] = sum >> precisionBits;
      }
    }
  }
  return out;
}

/** A weighted sum of two rows, one after the other from `start` on. */
function blend2(rows: Uint8Array, start: number, length: number, first: number, second: number, out: Uint8Array): void {
  const next = start + length;
  for (let x = 0; x < length; x++) {
    out[x] = (half + Math.imul(rows[start + x]!, first) + Math.imul(rows[next + x]!, second)) >> precisionBits;
  }
}

/** Of three or four; what lies behind the third is not read where its weight is 0. */
function blend4(
  rows: Uint8Array,
  start: number,
  length: number,
  [first, second, third, fourth]: readonly [number, number, number, number],
  out: Uint8Array,
): void {
  const [at2, at3] = [start + length, start + 2 * length];
  const at4 = fourth === 0 ? at3 : start + 3 * length;
  for (let x = 0; x < length; x++) {
    const upper = Math.imul(rows[start + x]!, first) + Math.imul(rows[at2 + x]!, second);
    const lower = Math.imul(rows[at3 + x]!, third) + Math.imul(rows[at4 + x]!, fourth);
    out[x] = (half + upper + lower) >> precisionBits;
  }
}
