// The loops of resizing, compiled to WebAssembly with 128-bit vectors: three to four times as fast as in JavaScript.
//
// A tap is a pixel of the input that goes into one of the output: output `i` is the sum of `weights[i * stride + k] *
// input[starts[i] + k]` for `k < counts[i]`, weights being whole numbers with 22 bits behind the point. Sums stay below 2^31.

const BITS: i32 = 22;
const HALF: i32 = 1 << (BITS - 1);

/** Where an array of 32-bit numbers holds its `index`th. */
function at(array: usize, index: i32): usize {
  return array + ((<usize>index) << 2);
}

/** Makes rows of `width` pixels of three channels of rows that are `pitch` bytes apart. Reads and writes a byte more than there is. */
export function widenColors(
  input: usize,
  pitch: i32,
  rows: i32,
  starts: usize,
  counts: usize,
  weights: usize,
  stride: i32,
  width: i32,
  output: usize,
): void {
  const half = i32x4.splat(HALF);
  for (let row: i32 = 0; row < rows; row++) {
    const base = input + <usize>row * <usize>pitch;
    for (let x: i32 = 0; x < width; x++) {
      let from = base + <usize>load<i32>(at(starts, x)) * 3;
      let weight = at(weights, x * stride);
      const end = weight + ((<usize>load<i32>(at(counts, x))) << 2);
      let sum = half;
      for (; weight < end; weight += 4, from += 3) {
        const wide = v128.extend_low<u16>(v128.extend_low<u8>(v128.load_zero<u32>(from)));
        sum = i32x4.add(sum, i32x4.mul(wide, v128.load_splat<u32>(weight)));
      }
      const narrow = v128.narrow<i32>(i32x4.shr_u(sum, BITS), sum);
      v128.store_lane<u32>(output, v128.narrow<u16>(narrow, narrow), 0);
      output += 3;
    }
  }
}

/** The same with one channel. */
export function widenGray(
  input: usize,
  pitch: i32,
  rows: i32,
  starts: usize,
  counts: usize,
  weights: usize,
  stride: i32,
  width: i32,
  output: usize,
): void {
  for (let row: i32 = 0; row < rows; row++) {
    const base = input + <usize>row * <usize>pitch;
    for (let x: i32 = 0; x < width; x++) {
      let from = base + <usize>load<i32>(at(starts, x));
      let weight = at(weights, x * stride);
      const end = weight + ((<usize>load<i32>(at(counts, x))) << 2);
      let sum = HALF;
      for (; weight < end; weight += 4, from++) sum += <i32>load<u8>(from) * load<i32>(weight);
      store<u8>(output++, <u8>(sum >> BITS));
    }
  }
}

/** Makes `height` rows of `length` bytes of such rows, the first of which is called `first`. Reads and writes up to 15 bytes more. */
export function resizeColumns(
  input: usize,
  first: i32,
  length: i32,
  starts: usize,
  counts: usize,
  weights: usize,
  stride: i32,
  height: i32,
  output: usize,
): void {
  const half = i32x4.splat(HALF);
  for (let y: i32 = 0; y < height; y++) {
    const base = input + <usize>(load<i32>(at(starts, y)) - first) * <usize>length;
    const taps = at(weights, y * stride);
    const end = taps + ((<usize>load<i32>(at(counts, y))) << 2);
    for (let x: i32 = 0; x < length; x += 16) {
      let from = base + <usize>x;
      let sum0 = half;
      let sum1 = half;
      let sum2 = half;
      let sum3 = half;
      for (let tap = taps; tap < end; tap += 4, from += <usize>length) {
        const weight = v128.load_splat<u32>(tap);
        const bytes = v128.load(from);
        const low = v128.extend_low<u8>(bytes);
        const high = v128.extend_high<u8>(bytes);
        sum0 = i32x4.add(sum0, i32x4.mul(v128.extend_low<u16>(low), weight));
        sum1 = i32x4.add(sum1, i32x4.mul(v128.extend_high<u16>(low), weight));
        sum2 = i32x4.add(sum2, i32x4.mul(v128.extend_low<u16>(high), weight));
        sum3 = i32x4.add(sum3, i32x4.mul(v128.extend_high<u16>(high), weight));
      }
      const left = v128.narrow<i32>(i32x4.shr_u(sum0, BITS), i32x4.shr_u(sum1, BITS));
      const right = v128.narrow<i32>(i32x4.shr_u(sum2, BITS), i32x4.shr_u(sum3, BITS));
      v128.store(output + <usize>x, v128.narrow<u16>(left, right));
    }
    output += <usize>length;
  }
}
