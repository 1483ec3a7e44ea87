import type { Shape, Shape4 } from "@alexnet/core";
import type { Padding, Pair } from "@alexnet/core/program";
import {
  type ConvolutionGradients,
  type ConvolutionWindow,
  extentsOf,
  type Primitives,
  withTemporaries,
} from "../primitives.js";
import type { Execute, TensorFlowTensor } from "./operations.js";

/** The pieces that convolutions and their gradients are put together from. */
export interface ConvolutionParts extends Pick<Primitives<TensorFlowTensor>, "free" | "pad" | "slice"> {
  readonly execute: Execute;
  integers(values: readonly number[]): TensorFlowTensor;
}

/**
 * TensorFlow's convolution. The oneDNN of libtensorflow 2.21 reads past the images of a batch that have one channel, where
 * the filter fits once across them and yet has a stride that way. One position needs no stride, once the columns that it
 * leaves over are cut off.
 */
export function convolution(parts: ConvolutionParts): Primitives<TensorFlowTensor>["conv2d"] {
  const { execute, free, pad, slice } = parts;
  const convolve = (input: TensorFlowTensor, filter: TensorFlowTensor, window: ConvolutionWindow): TensorFlowTensor =>
    execute("Conv2D", [input, filter], {
      strides: { ints: [1, ...window.stride, 1] },
      dilations: { ints: [1, ...window.dilation, 1] },
      ...edges(window.padding),
    });
  return (input, filter, window) => {
    const { stride, dilation, padding } = window;
    const [images, height, width, channels] = padded(extentsOf(input.shape), padding);
    const reach = dilation[1] * (extentsOf(filter.shape)[1] - 1) + 1;
    if (stride[1] === 1 || width - reach >= stride[1]) return convolve(input, filter, window);
    return withTemporaries(free, (hold) => {
      const whole = isNone(padding) ? input : hold(pad(input, edgesOf(padding)));
      const reached = width === reach ? whole : hold(slice(whole, [0, 0, 0, 0], [images, height, reach, channels]));
      return convolve(reached, filter, { stride: [stride[0], 1], dilation, padding: [0, 0, 0, 0] });
    });
  };
}

/** How TensorFlow is told of rows and columns around images. */
export function edges([top, left, bottom, right]: Padding) {
  return {
    data_format: "NHWC",
    ...(top + left + bottom + right === 0
      ? { padding: "VALID" }
      : { padding: "EXPLICIT", explicit_paddings: { ints: [0, 0, top, bottom, left, right, 0, 0] } }),
  };
}

/**
 * TensorFlow's gradients of convolutions. Its fast ones (oneDNN) take the paddings `SAME` and `VALID` alone; with an
 * `EXPLICIT` one it falls back to code of half the speed. So what is not `SAME` is padded beforehand and cut afterwards.
 *
 * The gradient of a 1x1 filter with a stride writes past the end of its memory in the oneDNN of libtensorflow 2.21 and ends
 * the process (an odd batch of 36x36 images with 3 channels, stride 2). Such a filter sees every `stride`-th pixel and no
 * other, so the image is thinned out beforehand and the stride is 1.
 */
export function convolutionGradients(parts: ConvolutionParts): ConvolutionGradients<TensorFlowTensor> {
  const { execute, integers, free, pad, slice } = parts;
  const attributes = ({ stride }: ConvolutionWindow, padding: "SAME" | "VALID") => ({
    strides: { ints: [1, ...stride, 1] },
    padding,
    data_format: "NHWC",
  });
  /** The pixels that a 1x1 filter sees: as many along each axis as the gradient has. */
  const everyStride = (image: TensorFlowTensor, [, rows, columns]: Shape4, [down, across]: Pair): TensorFlowTensor =>
    withTemporaries(free, (hold) => {
      const [images, , , channels] = extentsOf(image.shape);
      const end = [images, (rows - 1) * down + 1, (columns - 1) * across + 1, channels];
      const bounds = [[0, 0, 0, 0], end, [1, down, across, 1]].map((values) => hold(integers(values)));
      return execute("StridedSlice", [image, ...bounds]);
    });
  return {
    // The gradient of the input has no operation as fast as the convolution of stride 1 that it can be written as.
    supports: (of, { stride, dilation }) => isOne(dilation) && (of === "filter" || !isOne(stride)),
    gradInput(gradient, filter, inputShape, window) {
      return withTemporaries(free, (hold) => {
        const compute = (shape: Shape, padding: "SAME" | "VALID"): TensorFlowTensor =>
          execute("Conv2DBackpropInput", [hold(integers(shape)), filter, gradient], attributes(window, padding));
        if (isSame(inputShape, extentsOf(filter.shape), window)) return compute(inputShape, "SAME");
        if (isNone(window.padding)) return compute(inputShape, "VALID");
        const { padding } = window;
        return slice(hold(compute(padded(inputShape, padding), "VALID")), [0, padding[0], padding[1], 0], inputShape);
      });
    },
    gradFilter(input, gradient, filterShape, window) {
      return withTemporaries(free, (hold) => {
        const compute = (
          image: TensorFlowTensor,
          padding: "SAME" | "VALID",
          stride = window.stride,
        ): TensorFlowTensor =>
          execute(
            "Conv2DBackpropFilter",
            [image, hold(integers(filterShape)), gradient],
            attributes({ ...window, stride }, padding),
          );
        if (isSinglePixel(filterShape) && !isOne(window.stride)) {
          const image = isNone(window.padding) ? input : hold(pad(input, edgesOf(window.padding)));
          return compute(hold(everyStride(image, extentsOf(gradient.shape), window.stride)), "VALID", [1, 1]);
        }
        if (isSame(extentsOf(input.shape), filterShape, window)) return compute(input, "SAME");
        if (isNone(window.padding)) return compute(input, "VALID");
        return compute(hold(pad(input, edgesOf(window.padding))), "VALID");
      });
    },
  };
}

function isSinglePixel([height, width]: Shape): boolean {
  return height === 1 && width === 1;
}

function isOne([down, across]: Pair): boolean {
  return down === 1 && across === 1;
}

/** Rows and columns around an image of `[N, H, W, C]`, an axis a pair. */
export function edgesOf([top, left, bottom, right]: Padding) {
  return [[0, 0] as const, [top, bottom] as const, [left, right] as const, [0, 0] as const];
}

function isNone(padding: Padding): boolean {
  return padding.every((extent) => extent === 0);
}

function padded([images, height, width, channels]: Shape4, [top, left, bottom, right]: Padding): Shape4 {
  return [images, height + top + bottom, width + left + right, channels];
}

/** Whether a padding is the one that TensorFlow calls `SAME`: `ceil(input / stride)` windows, the odd row at the end. */
function isSame([, ...size]: Shape4, filterShape: Shape4, { stride, padding }: ConvolutionWindow): boolean {
  return ([0, 1] as const).every((axis) => {
    const extent = size[axis];
    const total = Math.max((Math.ceil(extent / stride[axis]) - 1) * stride[axis] + filterShape[axis] - extent, 0);
    const before = Math.floor(total / 2);
    return padding[axis] === before && padding[axis + 2] === total - before;
  });
}
