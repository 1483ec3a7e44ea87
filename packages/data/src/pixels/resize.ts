import type { PixelFormat } from "./format.js";
import { resizeMemory } from "./resize-memory.js";

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

/**
 * A resizer that gives what `Image.resize(…, Image.BILINEAR)` of Pillow up to 12 gives, bit for bit: a triangle filter,
 * widened by the scale when shrinking so that no pixel is skipped, applied along rows and then along columns, with 8-bit
 * values in between and 22-bit fixed-point weights. (Pillow 13 goes along columns first for some sizes, which changes
 * a last bit here and there.) Of the resized image only the crop is computed, so that the work and the memory it takes
 * depend on the crop and on the pixels it is made of, not on how large the whole would be. The result is overwritten by
 * the next call, or is a part of the pixels given.
 */
export function bilinearResizer(): Resizer {
  const memory = resizeMemory();
  const tapsAcross = remembered();
  const tapsDown = remembered();
  return (pixels, { width, channels }, { box, size, crop }) => {
    const across = box.width === size[1] ? undefined : tapsAcross(box.width, size[1], crop.left, crop.width);
    const down = box.height === size[0] ? undefined : tapsDown(box.height, size[0], crop.top, crop.height);
    // The rows that the wanted ones are made of; all others need not be widened.
    const [first, end] = down ? reach(down) : [crop.top, crop.top + crop.height];
    const length = crop.width * channels;
    const pitch = width * channels;
    const rows = end - first;
    const start = (box.top + first) * pitch + box.left * channels;
    if (!across && !down && crop.width === width) return pixels.subarray(start, start + rows * pitch);

    const given = across ? rows * pitch : 0;
    const [input, widened, output, tables] = memory.room([
      given,
      rows * length,
      down ? crop.height * length : 0,
      bytesOf(across) + bytesOf(down),
    ]) as [number, number, number, number];
    const bytes = memory.bytes();
    if (across) {
      bytes.set(pixels.subarray(start, start + (rows - 1) * pitch + box.width * channels), input);
      const { starts, counts, weights } = store(bytes, across, tables);
      const widen = channels === 3 ? memory.loops.widenColors : memory.loops.widenGray;
      widen(input, pitch, rows, starts, counts, weights, across.stride, crop.width, widened);
    } else {
      for (let row = 0; row < rows; row++) {
        const from = start + row * pitch + crop.left * channels;
        bytes.set(pixels.subarray(from, from + length), widened + row * length);
      }
    }
    if (!down) return bytes.subarray(widened, widened + rows * length);
    const { starts, counts, weights } = store(bytes, down, tables + bytesOf(across));
    memory.loops.resizeColumns(widened, first, length, starts, counts, weights, down.stride, crop.height, output);
    return bytes.subarray(output, output + crop.height * length);
  };
}

/** What taps take in memory. */
function bytesOf(taps: Taps | undefined): number {
  return taps ? taps.starts.byteLength + taps.counts.byteLength + taps.weights.byteLength : 0;
}

/** Writes taps into memory, one array after the other; their addresses. */
function store(bytes: Uint8Array, { starts, counts, weights }: Taps, address: number) {
  const numbers = new Int32Array(bytes.buffer, address, starts.length + counts.length + weights.length);
  numbers.set(starts);
  numbers.set(counts, starts.length);
  numbers.set(weights, starts.length + counts.length);
  return {
    starts: address,
    counts: address + starts.byteLength,
    weights: address + starts.byteLength + counts.byteLength,
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
