import { type Shape4, sizeOf } from "@alexnet/core";
import type { MaxPoolAttributes } from "@alexnet/core/program";
import type { KernelsOf } from "./kernel.js";

type Windows = Pick<MaxPoolAttributes, "window" | "stride"> & { readonly padding?: MaxPoolAttributes["padding"] };

/** The pixels inside the image of every window, in row-major order, with the flat index of the window's own value. */
function eachWindow(
  image: Shape4,
  pooled: Shape4,
  { window, stride, padding = [0, 0, 0, 0] }: Windows,
  visit: (pooled: number, pixels: readonly number[]) => void,
): void {
  const [batch, channels, height, width] = image;
  const [, , pooledHeight, pooledWidth] = pooled;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let y = 0; y < pooledHeight; y++) {
      for (let x = 0; x < pooledWidth; x++) {
        const pixels: number[] = [];
        for (let ky = 0; ky < window[0]; ky++) {
          for (let kx = 0; kx < window[1]; kx++) {
            const row = y * stride[0] + ky - padding[0];
            const column = x * stride[1] + kx - padding[1];
            if (row < 0 || row >= height || column < 0 || column >= width) continue;
            pixels.push((plane * height + row) * width + column);
          }
        }
        visit((plane * pooledHeight + y) * pooledWidth + x, pixels);
      }
    }
  }
}

/** The first of the largest: on a tie, the gradient belongs to the one that comes first. A NaN is larger than anything. */
function firstMaximum(input: Float32Array, pixels: readonly number[]): number {
  const notANumber = (pixel: number): boolean => Number.isNaN(input[pixel]);
  return pixels.reduce((best, pixel) =>
    !notANumber(best) && (notANumber(pixel) || input[pixel]! > input[best]!) ? pixel : best,
  );
}

export const poolingKernels: KernelsOf<"maxPool" | "maxPoolGrad" | "avgPool" | "avgPoolGrad"> = {
  maxPool([input], { attributes, shape }, [image]) {
    const output = new Float32Array(sizeOf(shape));
    eachWindow(image, shape, attributes, (pooled, pixels) => {
      output[pooled] = input[firstMaximum(input, pixels)]!;
    });
    return output;
  },
  maxPoolGrad([input, , gradient], { attributes, shape }, [, pooledShape]) {
    const output = new Float32Array(sizeOf(shape));
    eachWindow(shape, pooledShape, attributes, (pooled, pixels) => {
      output[firstMaximum(input, pixels)]! += gradient[pooled]!;
    });
    return output;
  },
  avgPool([input], { attributes, shape }, [image]) {
    const output = new Float32Array(sizeOf(shape));
    eachWindow(image, shape, attributes, (pooled, pixels) => {
      output[pooled] = pixels.reduce((sum, pixel) => sum + input[pixel]!, 0) / pixels.length;
    });
    return output;
  },
  avgPoolGrad([gradient], { attributes, shape }, [pooledShape]) {
    const output = new Float32Array(sizeOf(shape));
    eachWindow(shape, pooledShape, attributes, (pooled, pixels) => {
      for (const pixel of pixels) output[pixel]! += gradient[pooled]! / pixels.length;
    });
    return output;
  },
};
