import type { Tensor } from "@alexnet/core";

/** Pixels of 8 bits, `[H, W, C]`. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly pixels: Uint8Array;
}

/** Image `index` of `[N, C, H, W]`, pixels from 0 to 1, as 8 bits. */
export function pictureOf({ shape, data }: Tensor, index = 0): Picture {
  const [, channels = 1, height = 0, width = 0] = shape;
  const plane = height * width;
  const pixels = new Uint8Array(channels * plane);
  const first = index * channels * plane;
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < plane; pixel++) {
      const value = data[first + channel * plane + pixel]!;
      pixels[pixel * channels + channel] = Math.round(Math.min(Math.max(value, 0), 1) * 255);
    }
  }
  return { width, height, channels, pixels };
}
