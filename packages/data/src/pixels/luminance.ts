/**
 * RGB `[…, 3]` to gray, `L = 0.299 R + 0.587 G + 0.114 B` (ITU-R 601-2) in the 16-bit fixed point of Pillow's
 * `convert("L")`. `out` takes a third as many values.
 */
export function luminance(rgb: Uint8Array, out: Uint8Array): Uint8Array {
  for (let index = 0; index < out.length; index++) {
    const first = index * 3;
    out[index] = (rgb[first]! * 19595 + rgb[first + 1]! * 38470 + rgb[first + 2]! * 7471 + 0x8000) >> 16;
  }
  return out;
}
