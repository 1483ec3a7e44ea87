/** Taps of one axis: output `i` is the sum of `weights[i * stride + k] * input[starts[i] + k]` for `k < counts[i]`. */
interface Taps {
  readonly starts: Int32Array;
  readonly counts: Int32Array;
  /** Fixed point, `precisionBits` after the point. */
  readonly weights: Int32Array;
  readonly stride: number;
}

/** Resizes one image of a fixed size; `pixels` and the result are `[H, W, C]` uint8. */
export type Resizer = (pixels: Uint8Array) => Uint8Array;

/** 32 bits less 8 for the pixel and 2 against overflow, as in Pillow. */
const precisionBits = 22;
const half = 1 << (precisionBits - 1);

/** The part of a resized image that is wanted: where it begins and how large it is. */
export interface Crop {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

/**
 * A resizer that gives what `Image.resize(…, Image.BILINEAR)` of Pillow up to 12 gives, bit for bit: a triangle filter,
 * widened by the scale when shrinking so that no pixel is skipped, applied along rows and then along columns, with 8-bit
 * values in between and 22-bit fixed-point weights. (Pillow 13 goes along columns first for some sizes, which changes
 * a last bit here and there.) Of the resized image only the crop is computed, so that the work and the memory it takes
 * depend on the crop and on the pixels it is made of, not on how large the whole would be. The result is overwritten by
 * the next call.
 */
export function bilinearResizer(
  from: readonly [height: number, width: number],
  to: readonly [height: number, width: number],
  channels: number,
  crop: Crop = { top: 0, left: 0, height: to[0], width: to[1] },
): Resizer {
  const [fromHeight, fromWidth] = from;
  const isWhole = (axis: 0 | 1, extent: number): boolean => from[axis] === to[axis] && extent === to[axis];
  const alongRows = isWhole(1, crop.width) ? undefined : triangleTaps(fromWidth, to[1], crop.left, crop.width);
  const alongColumns = isWhole(0, crop.height) ? undefined : triangleTaps(fromHeight, to[0], crop.top, crop.height);
  // The rows that the wanted ones are made of; all others need not be widened.
  const [firstRow, endRow] = alongColumns ? reach(alongColumns) : [0, fromHeight];
  alongColumns?.starts.forEach((start, row, starts) => {
    starts[row] = start - firstRow;
  });
  const widened = new Uint8Array(alongRows ? (endRow - firstRow) * crop.width * channels : 0);
  const resized = new Uint8Array(alongColumns ? crop.height * crop.width * channels : 0);
  const rowLength = fromWidth * channels;
  return (pixels) => {
    const wanted = pixels.subarray(firstRow * rowLength, endRow * rowLength);
    const rows = alongRows ? resizeRows(wanted, widened, alongRows, fromWidth, channels) : wanted;
    return alongColumns ? resizeColumns(rows, resized, alongColumns, crop.width * channels) : rows;
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
  for (let index = 0; index < count; index++) {
    const center = (first + index + 0.5) * scale;
    const start = Math.max(Math.trunc(center - support + 0.5), 0);
    const end = Math.min(Math.trunc(center + support + 0.5), from);
    const triangle = Float64Array.from({ length: end - start }, (_, tap) =>
      Math.max(1 - Math.abs((start + tap - center + 0.5) * (1 / support)), 0),
    );
    const sum = triangle.reduce((total, weight) => total + weight, 0);
    starts[index] = start;
    counts[index] = end - start;
    triangle.forEach((weight, tap) => {
      weights[index * stride + tap] = Math.trunc(0.5 + (weight / sum) * (1 << precisionBits));
    });
  }
  return { starts, counts, weights, stride };
}

function resizeRows(
  pixels: Uint8Array,
  out: Uint8Array,
  { starts, counts, weights, stride }: Taps,
  fromWidth: number,
  channels: number,
): Uint8Array {
  const toWidth = starts.length;
  const height = out.length / (toWidth * channels);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < toWidth; x++) {
      const first = (y * fromWidth + starts[x]!) * channels;
      const count = counts[x]!;
      for (let channel = 0; channel < channels; channel++) {
        let sum = half;
        for (let tap = 0; tap < count; tap++) {
          sum += Math.imul(pixels[first + tap * channels + channel]!, weights[x * stride + tap]!);
        }
        out[(y * toWidth + x) * channels + channel] = sum >> precisionBits;
      }
    }
  }
  return out;
}

function resizeColumns(
  pixels: Uint8Array,
  out: Uint8Array,
  { starts, counts, weights, stride }: Taps,
  rowLength: number,
): Uint8Array {
  for (let y = 0; y < starts.length; y++) {
    const first = starts[y]! * rowLength;
    const count = counts[y]!;
    const taps = weights.subarray(y * stride, y * stride + count);
    const row = out.subarray(y * rowLength, (y + 1) * rowLength);
    // Enlarging has at most two taps, and is twice as fast without a loop over them.
    if (count === 2) {
      blend(pixels.subarray(first, first + 2 * rowLength), taps[0]!, taps[1]!, row);
      continue;
    }
    for (let x = 0; x < rowLength; x++) {
      let sum = half;
      for (let tap = 0; tap < count; tap++) {
        sum += Math.imul(pixels[first + tap * rowLength + x]!, taps[tap]!);
      }
      row[x] = sum >> precisionBits;
    }
  }
  return out;
}

/** A weighted sum of two rows, one after the other in `rows`. */
function blend(rows: Uint8Array, upper: number, lower: number, out: Uint8Array): void {
  const { length } = out;
  for (let x = 0; x < length; x++) {
    out[x] = (half + Math.imul(rows[x]!, upper) + Math.imul(rows[length + x]!, lower)) >> precisionBits;
  }
}
