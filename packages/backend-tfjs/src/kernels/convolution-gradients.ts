import type { Shape4 } from "@alexnet/core";
import type { Padding } from "@alexnet/core/program";
import { type ConvolutionWindow, extentsOf, type Primitives, withTemporaries } from "../primitives.js";

/**
 * Gradient of a convolution with respect to its input, written as a convolution: zeros between the gradient's pixels
 * undo the stride, and the filter is turned around with its channels exchanged.
 */
export function gradInputAsConvolution<Handle>(
  engine: Primitives<Handle>,
  gradient: Handle,
  filter: Handle,
  inputShape: Shape4,
  { stride, dilation, padding }: ConvolutionWindow,
): Handle {
  return withTemporaries(engine.free, (hold) => {
    const spread = hold(insertZeros(engine, gradient, stride));
    const turned = hold(engine.transpose(hold(engine.flip(filter)), [0, 1, 3, 2]));
    const [, height, width] = extentsOf(engine.shapeOf(spread));
    const [kernelHeight, kernelWidth] = extentsOf(engine.shapeOf(filter));
    const [, inputHeight, inputWidth] = inputShape;
    const along = (size: number, taps: number, distance: number, before: number, wanted: number): [number, number] => {
      const first = distance * (taps - 1) - before;
      return [first, wanted - size + distance * (taps - 1) - first];
    };
    const [top, bottom] = along(height, kernelHeight, dilation[0], padding[0], inputHeight);
    const [left, right] = along(width, kernelWidth, dilation[1], padding[1], inputWidth);
    return convolveCropped(engine, spread, turned, [1, 1], dilation, [top, left, bottom, right]);
  });
}

/**
 * Gradient of a convolution with respect to its filter, written as a convolution: the input's channels are the images,
 * the batch is the channels, the gradient is the filter, and stride and dilation change places.
 */
export function gradFilterAsConvolution<Handle>(
  engine: Primitives<Handle>,
  input: Handle,
  gradient: Handle,
  filterShape: Shape4,
  { stride, dilation, padding }: ConvolutionWindow,
): Handle {
  return withTemporaries(engine.free, (hold) => {
    const [, height, width] = extentsOf(engine.shapeOf(input));
    const [, rows, columns] = extentsOf(engine.shapeOf(gradient));
    const [kernelHeight, kernelWidth] = filterShape;
    const images = hold(engine.transpose(input, [3, 1, 2, 0]));
    const filters = hold(engine.transpose(gradient, [1, 2, 0, 3]));
    const bottom = (kernelHeight - 1) * dilation[0] + (rows - 1) * stride[0] + 1 - height - padding[0];
    const right = (kernelWidth - 1) * dilation[1] + (columns - 1) * stride[1] + 1 - width - padding[1];
    const edges = [padding[0], padding[1], bottom, right] as const;
    return engine.transpose(hold(convolveCropped(engine, images, filters, dilation, stride, edges)), [1, 2, 0, 3]);
  });
}

/** A convolution whose padding may be negative: rows and columns that no window may touch are cut off. */
function convolveCropped<Handle>(
  engine: Primitives<Handle>,
  input: Handle,
  filter: Handle,
  stride: ConvolutionWindow["stride"],
  dilation: ConvolutionWindow["dilation"],
  edges: Padding,
): Handle {
  const window = { stride, dilation, padding: positive(edges) };
  const [top, left, bottom, right] = positive([-edges[0], -edges[1], -edges[2], -edges[3]]);
  if (top + left + bottom + right === 0) return engine.conv2d(input, filter, window);
  return withTemporaries(engine.free, (hold) => {
    const [images, height, width, channels] = extentsOf(engine.shapeOf(input));
    const size = [images, height - top - bottom, width - left - right, channels];
    return engine.conv2d(hold(engine.slice(input, [0, top, left, 0], size)), filter, window);
  });
}

/** What of this is to be added. */
function positive([top, left, bottom, right]: Padding): Padding {
  return [Math.max(0, top), Math.max(0, left), Math.max(0, bottom), Math.max(0, right)];
}

/** `stride − 1` zeros between neighboring pixels along height and width. */
function insertZeros<Handle>(
  engine: Primitives<Handle>,
  image: Handle,
  [strideHeight, strideWidth]: ConvolutionWindow["stride"],
): Handle {
  const [images, height, width, channels] = extentsOf(engine.shapeOf(image));
  if (strideHeight === 1 && strideWidth === 1) return engine.reshape(image, [images, height, width, channels]);
  return withTemporaries(engine.free, (hold) => {
    const none = [0, 0] as const;
    const pixels = hold(engine.reshape(image, [images * height * width, 1, channels]));
    const wide = hold(engine.pad(pixels, [none, [0, strideWidth - 1], none]));
    const rows = hold(engine.reshape(wide, [images * height, 1, width * strideWidth * channels]));
    const high = hold(engine.pad(rows, [none, [0, strideHeight - 1], none]));
    const whole = hold(engine.reshape(high, [images, height * strideHeight, width * strideWidth, channels]));
    const size = [images, (height - 1) * strideHeight + 1, (width - 1) * strideWidth + 1, channels];
    return engine.slice(whole, [0, 0, 0, 0], size);
  });
}
