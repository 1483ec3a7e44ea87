import type { TensorInfo } from "@tensorflow/tfjs-core";
import { type ConvolutionWindow, extentsOf, type Primitives, withTemporaries } from "../primitives.js";
import type { RunKernel } from "./runner.js";

/** Pixels of one image that a convolution computes in one go; WebGPU allows 65,535 workgroups along an axis. */
const MOST_PIXELS = 2 ** 17;

/**
 * The stock kernels, and others where those of the WebGPU backend fail: a convolution of a very large image asks for more
 * workgroups than there may be, and the gradient of max pooling goes to the last of several equal maxima.
 */
export function webgpuPrimitives(run: RunKernel, stock: Primitives<TensorInfo>): Primitives<TensorInfo> {
  type T = TensorInfo;
  const turned = (x: T): T => run("Reverse", { x }, { dims: [1, 2] });
  return {
    ...stock,
    conv2d: (input, filter, window) => convolveInSlabs(stock, input, filter, window),
    maxPoolGrad: (input, output, gradient, { window, stride, padding }) =>
      // Turned around, the last maximum is the first. Windows then start where they ended: rows that none touched are cut off.
      withTemporaries(stock.free, (hold) => {
        const [images, height, width, channels] = extentsOf(input.shape);
        const [, rows, columns] = extentsOf(gradient.shape);
        const bottom = (rows - 1) * stride[0] + window[0] - padding[0] - height;
        const right = (columns - 1) * stride[1] + window[1] - padding[1] - width;
        const [below, beside] = [Math.max(0, -bottom), Math.max(0, -right)];
        const touched = hold(stock.slice(input, [0, 0, 0, 0], [images, height - below, width - beside, channels]));
        const change = stock.maxPoolGrad(hold(turned(touched)), output, hold(turned(gradient)), {
          window,
          stride,
          padding: [Math.max(0, bottom), Math.max(0, right), padding[0], padding[1]],
        });
        const none = [0, 0] as const;
        return stock.pad(hold(turned(hold(change))), [none, [0, below], [0, beside], none]);
      }),
  };
}

/** Computes slabs of rows one after the other where an image has too many pixels for one. */
function convolveInSlabs(
  engine: Primitives<TensorInfo>,
  input: TensorInfo,
  filter: TensorInfo,
  { stride, dilation, padding: [top, left, bottom, right] }: ConvolutionWindow,
): TensorInfo {
  const [images, height, width, channels] = extentsOf(input.shape);
  const [kernelHeight, kernelWidth] = extentsOf(filter.shape);
  const reach = (kernelHeight - 1) * dilation[0] + 1;
  const rows = Math.floor((height + top + bottom - reach) / stride[0]) + 1;
  const columns = Math.floor((width + left + right - (kernelWidth - 1) * dilation[1] - 1) / stride[1]) + 1;
  const slab = Math.max(1, Math.floor(MOST_PIXELS / columns));
  if (rows <= slab) return engine.conv2d(input, filter, { stride, dilation, padding: [top, left, bottom, right] });
  return withTemporaries(engine.free, (hold) => {
    const slabs: TensorInfo[] = [];
    for (let row = 0; row < rows; row += slab) {
      const first = row * stride[0] - top;
      const end = (Math.min(rows, row + slab) - 1) * stride[0] - top + reach;
      const [from, to] = [Math.max(0, Math.min(first, height)), Math.max(0, Math.min(end, height))];
      const part = hold(engine.slice(input, [0, from, 0, 0], [images, to - from, width, channels]));
      const padding = [from - first, left, end - to, right] as const;
      slabs.push(hold(engine.conv2d(part, filter, { stride, dilation, padding })));
    }
    return engine.concat(slabs, 1);
  });
}
