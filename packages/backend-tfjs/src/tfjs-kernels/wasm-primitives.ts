import type { Shape } from "@alexnet/core";
import type { MaxPoolAttributes } from "@alexnet/core/program";
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import type { TensorInfo } from "@tensorflow/tfjs-core";
import { extentsOf, type Primitives, withTemporaries } from "../primitives.js";
import type { RunKernel } from "./runner.js";
import { transposeInto } from "./transpose.js";

/**
 * The stock kernels, and others where those of the WebAssembly backend are missing, naive or wrong: it has no gradient of a
 * filter, moves axes one value at a time, multiplies transposed matrices and convolves backwards in plain loops on one thread
 * (15 to 60 times slower than its own XNNPACK), adds a bias to one pixel at a time, and its max-pooling gradient drops what
 * falls outside where windows end before the image or start in its padding. Both gradients of a convolution are written as
 * convolutions for all engines alike.
 */
export function wasmPrimitives(
  backend: BackendWasm,
  run: RunKernel,
  stock: Primitives<TensorInfo>,
): Primitives<TensorInfo> {
  type T = TensorInfo;
  // Everything here is float32.
  const heap = (info: T): Float32Array => backend.typedArrayFromHeap(info) as Float32Array;
  const output = (shape: Shape): T => backend.makeOutput([...shape], "float32");
  const product = (a: T, b: T): T => run("BatchMatMul", { a, b }, { transposeA: false, transposeB: false });
  const transpose = (input: T, permutation: readonly number[]): T => {
    const result = output(permutation.map((axis) => input.shape[axis]!));
    transposeInto(heap(input), heap(result), input.shape, permutation);
    return result;
  };
  const transposed = (matrix: T): T => transpose(matrix, [1, 0]);
  return {
    ...stock,
    transpose,
    flip(filter) {
      const result = output(filter.shape);
      const [from, to] = [heap(filter), heap(result)];
      const [, , inputs, outputs] = extentsOf(filter.shape);
      const tap = inputs * outputs;
      for (let start = 0; start < from.length; start += tap) {
        to.set(from.subarray(start, start + tap), from.length - tap - start);
      }
      return result;
    },
    matmul: (a, b, transposeA, transposeB) =>
      withTemporaries(stock.free, (hold) => {
        const left = transposeA ? hold(transposed(a)) : a;
        if (!transposeB) return product(left, b);
        // A · Bᵀ = (B · Aᵀ)ᵀ: the larger matrix, a weight as a rule, stays as it lies.
        if (size(a) >= size(b)) return product(left, hold(transposed(b)));
        return transposed(hold(product(b, transposeA ? a : hold(transposed(a)))));
      }),
    maxPoolGrad(input, _, gradient, attributes) {
      const result = output(input.shape);
      maxPoolGrad(heap(input), heap(gradient), heap(result), input.shape, gradient.shape, attributes);
      return result;
    },
    addBias(input, bias) {
      const channels = size(bias);
      const pixels = size(input) / channels;
      const together = pixelsTogether(pixels, channels);
      return withTemporaries(stock.free, (hold) => {
        const repeated = hold(output([together * channels]));
        const [from, to] = [heap(bias), heap(repeated)];
        for (let start = 0; start < to.length; start += channels) to.set(from, start);
        const rows = hold(stock.reshape(input, [pixels / together, together * channels]));
        return stock.reshape(hold(stock.addBias(rows, repeated)), input.shape);
      });
    },
    biasGrad(gradient) {
      const channels = gradient.shape.at(-1)!;
      const result = output([channels]);
      heap(result).set(columnSums(heap(gradient), channels));
      return result;
    },
  };
}

/** Values. XNNPACK hands every row of a sum to its threads by itself, which costs as much as adding some thousands. */
const LONG_ROW = 4096;

/** How many pixels to take for one, so that rows are long: a divisor of all. */
function pixelsTogether(pixels: number, channels: number): number {
  for (let together = Math.ceil(LONG_ROW / channels); together < pixels; together++) {
    if (pixels % together === 0) return together;
  }
  return pixels;
}

function size({ shape }: TensorInfo): number {
  return shape.reduce((product, extent) => product * extent, 1);
}

/** The sum of each column of a matrix, added up in float64. */
function columnSums(matrix: Float32Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (let row = 0; row < matrix.length; row += columns) {
    for (let column = 0; column < columns; column++) sums[column]! += matrix[row + column]!;
  }
  return sums;
}

/** Hands each window's gradient to its first maximum; images and windows lie as `[N, H, W, C]`. */
function maxPoolGrad(
  input: Float32Array,
  gradient: Float32Array,
  inputGradient: Float32Array,
  inputShape: Shape,
  gradientShape: Shape,
  { window, stride, padding }: MaxPoolAttributes,
): void {
  const [images, height, width, channels] = extentsOf(inputShape);
  const [, rows, columns] = extentsOf(gradientShape);
  const largest = new Float32Array(channels);
  const positions = new Int32Array(channels);
  inputGradient.fill(0);
  let pooled = 0;
  for (let image = 0; image < images; image++) {
    for (let row = 0; row < rows; row++) {
      const top = Math.max(0, row * stride[0] - padding[0]);
      const bottom = Math.min(height, row * stride[0] - padding[0] + window[0]);
      for (let column = 0; column < columns; column++) {
        const left = Math.max(0, column * stride[1] - padding[1]);
        const right = Math.min(width, column * stride[1] - padding[1] + window[1]);
        const first = ((image * height + top) * width + left) * channels;
        for (let channel = 0; channel < channels; channel++) {
          largest[channel] = input[first + channel]!;
          positions[channel] = first + channel;
        }
        for (let y = top; y < bottom; y++) {
          for (let x = left; x < right; x++) {
            const pixel = ((image * height + y) * width + x) * channels;
            for (let channel = 0; channel < channels; channel++) {
              const candidate = input[pixel + channel]!;
              if (candidate > largest[channel]!) {
                largest[channel] = candidate;
                positions[channel] = pixel + channel;
              }
            }
          }
        }
        for (let channel = 0; channel < channels; channel++) {
          inputGradient[positions[channel]!]! += gradient[pooled + channel]!;
        }
        pooled += channels;
      }
    }
  }
}
