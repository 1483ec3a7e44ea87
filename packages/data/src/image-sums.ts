import type { Shape } from "@alexnet/core";
import { colorSums } from "./pixels/principal-components.js";
import type { ImageStatistics } from "./statistics.js";

/** Sums over images of one size, from which their statistics come. They are exact: whole numbers below 2^53. */
export interface ImageSums {
  /** Adds an image, `[C, H, W]`, whole numbers from 0 to 255. */
  add(pixels: ArrayLike<number>): void;
  /** What it came to; `undefined` before the first. */
  statistics(): ImageStatistics | undefined;
}

/** Sums of nothing, for images of this shape, `[C, H, W]`. */
export function imageSums(shape: Shape): ImageSums {
  const [channels = 0, height = 0, width = 0] = shape;
  const plane = height * width;
  const sums = new Float64Array(channels * plane);
  const squares = new Float64Array(channels);
  const colors = colorSums();
  let count = 0;
  return {
    add(pixels) {
      for (let at = 0; at < sums.length; at++) sums[at]! += pixels[at]!;
      for (let channel = 0; channel < channels; channel++) {
        let square = 0;
        for (let at = channel * plane; at < (channel + 1) * plane; at++) square += pixels[at]! * pixels[at]!;
        squares[channel]! += square;
      }
      if (channels === 3) colors.addPlanes(pixels, plane);
      count++;
    },
    statistics() {
      if (count === 0) return undefined;
      const mean = Array.from({ length: channels }, (_, channel) => {
        const sum = sums.subarray(channel * plane, (channel + 1) * plane).reduce((total, value) => total + value, 0);
        return sum / (count * plane);
      });
      return {
        count,
        meanImage: { shape, data: Float32Array.from(sums, (sum) => sum / count) },
        mean,
        deviation: mean.map((value, channel) => Math.sqrt(squares[channel]! / (count * plane) - value * value)),
        ...(channels === 3 && { components: colors.components() }),
      };
    },
  };
}
