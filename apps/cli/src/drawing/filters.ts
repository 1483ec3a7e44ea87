import type { Tensor } from "@alexnet/core";
import type { Picture } from "./image.js";

/** Pixels between filters, and what a filter is at least brought to. */
const GAP = 2;
const LEAST = 33;

/**
 * The filters of a convolution, `[filters, 1 or 3, height, width]`, side by side, each from its smallest value in black to its largest in
 * white (figure 3 of the 2012 paper); `undefined` for filters that see other than gray or colors.
 */
export function filtersPicture({ shape, data }: Tensor): Picture | undefined {
  const [filters = 0, channels = 0, height = 0, width = 0] = shape;
  if (shape.length !== 4 || (channels !== 1 && channels !== 3)) return undefined;
  const scale = Math.max(1, Math.ceil(LEAST / Math.max(height, width)));
  const columns = Math.ceil(Math.sqrt(filters * 2.5));
  const [stepX, stepY] = [width * scale + GAP, height * scale + GAP];
  const size = { width: columns * stepX + GAP, height: Math.ceil(filters / columns) * stepY + GAP };
  const pixels = new Uint8Array(size.width * size.height * channels).fill(255);
  const length = channels * height * width;
  for (let filter = 0; filter < filters; filter++) {
    const values = data.subarray(filter * length, (filter + 1) * length);
    const [least, most] = [Math.min(...values), Math.max(...values)];
    const spread = most - least || 1;
    const [left, top] = [GAP + (filter % columns) * stepX, GAP + Math.floor(filter / columns) * stepY];
    for (let y = 0; y < height * scale; y++) {
      for (let x = 0; x < width * scale; x++) {
        const from = Math.floor(y / scale) * width + Math.floor(x / scale);
        const to = ((top + y) * size.width + left + x) * channels;
        for (let channel = 0; channel < channels; channel++) {
          pixels[to + channel] = Math.round((255 * (values[channel * height * width + from]! - least)) / spread);
        }
      }
    }
  }
  return { ...size, channels, pixels };
}
