import { type Shape, type Shape4, sizeOf } from "@alexnet/core";
import type { ConvolutionAttributes } from "@alexnet/core/program";
import type { KernelsOf } from "./kernel.js";

/** Called for every product of a convolution with the flat indices of its factors and of the sum it belongs to. */
type Visit = (input: number, filter: number, output: number) => void;

/**
 * Every product of a convolution. Forward, they are summed into the output; the gradients are the same products, of the
 * output's gradient and one factor, summed into the other factor. So one loop serves all three.
 */
function eachProduct(
  input: Shape4,
  filter: Shape4,
  output: Shape4,
  attributes: ConvolutionAttributes,
  visit: Visit,
): void {
  const [, channels, height, width] = input;
  const [filters, perGroup, kernelHeight, kernelWidth] = filter;
  const [batch, , outputHeight, outputWidth] = output;
  const { stride, padding, dilation, groups } = attributes;
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < filters; o++) {
      const group = Math.floor(o / (filters / groups));
      for (let c = 0; c < perGroup; c++) {
        const plane = (n * channels + group * perGroup + c) * height;
        for (let ky = 0; ky < kernelHeight; ky++) {
          for (let kx = 0; kx < kernelWidth; kx++) {
            const tap = ((o * perGroup + c) * kernelHeight + ky) * kernelWidth + kx;
            for (let y = 0; y < outputHeight; y++) {
              const row = y * stride[0] + ky * dilation[0] - padding[0];
              if (row < 0 || row >= height) continue;
              const first = ((n * filters + o) * outputHeight + y) * outputWidth;
              for (let x = 0; x < outputWidth; x++) {
                const column = x * stride[1] + kx * dilation[1] - padding[1];
                if (column >= 0 && column < width) visit((plane + row) * width + column, tap, first + x);
              }
            }
          }
        }
      }
    }
  }
}

/** Sums in float64 and rounds once: in float32, every addition would round. */
function summed(shape: Shape, add: (sums: Float64Array) => void): Float32Array {
  const sums = new Float64Array(sizeOf(shape));
  add(sums);
  return Float32Array.from(sums);
}

export const convolutionKernels: KernelsOf<"conv2d" | "conv2dGradInput" | "conv2dGradFilter"> = {
  conv2d([input, filter], { attributes, shape }, [inputShape, filterShape]) {
    return summed(shape, (sums) =>
      eachProduct(inputShape, filterShape, shape, attributes, (i, f, o) => {
        sums[o]! += input[i]! * filter[f]!;
      }),
    );
  },
  conv2dGradInput([gradient, filter], { attributes, shape }, [gradientShape, filterShape]) {
    return summed(shape, (sums) =>
      eachProduct(shape, filterShape, gradientShape, attributes, (i, f, o) => {
        sums[i]! += gradient[o]! * filter[f]!;
      }),
    );
  },
  conv2dGradFilter([input, gradient], { attributes, shape }, [inputShape, gradientShape]) {
    return summed(shape, (sums) =>
      eachProduct(inputShape, shape, gradientShape, attributes, (i, f, o) => {
        sums[f]! += input[i]! * gradient[o]!;
      }),
    );
  },
};
