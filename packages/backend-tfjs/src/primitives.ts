import { formatShape, isShape4, type Shape, type Shape4, ShapeError } from "@alexnet/core";
import type {
  AvgPoolAttributes,
  LrnAttributes,
  MaxPoolAttributes,
  OperationAttributes,
  Padding,
  Pair,
} from "@alexnet/core/program";

/** How a filter moves over an image: groups are dealt with before. */
export interface ConvolutionWindow {
  readonly stride: Pair;
  readonly dilation: Pair;
  /** Zeros around the input, `[top, left, bottom, right]`, each at least 0. */
  readonly padding: Padding;
}

/**
 * What an engine computes on its own tensors: images `[N, H, W, C]`, filters `[kH, kW, in, out]`, dense weights
 * `[out, in]`. `Handle` is the engine's tensor. Each function returns a new handle that the caller frees; none changes
 * what it is given.
 */
export interface Primitives<Handle> {
  shapeOf(handle: Handle): Shape;
  /** Copies values to the device. */
  write(data: Float32Array, shape: Shape): Handle;
  /** Copies values back. */
  read(handle: Handle): Promise<Float32Array>;
  free(handle: Handle): void;

  reshape(input: Handle, shape: Shape): Handle;
  /** Axis `i` of the result is axis `permutation[i]` of the input. */
  transpose(input: Handle, permutation: readonly number[]): Handle;
  /** Turns the two first axes of a filter around. */
  flip(filter: Handle): Handle;
  slice(input: Handle, begin: Shape, size: Shape): Handle;
  /** Zeros before and after each axis. */
  pad(input: Handle, paddings: readonly (readonly [before: number, after: number])[]): Handle;
  concat(parts: readonly Handle[], axis: number): Handle;

  conv2d(input: Handle, filter: Handle, window: ConvolutionWindow): Handle;
  /** Absent, or for what `supports` refuses: the gradients are written as convolutions. */
  readonly convolutionGradients?: ConvolutionGradients<Handle>;
  maxPool(input: Handle, attributes: MaxPoolAttributes): Handle;
  maxPoolGrad(input: Handle, output: Handle, gradient: Handle, attributes: MaxPoolAttributes): Handle;
  avgPool(input: Handle, attributes: AvgPoolAttributes): Handle;
  avgPoolGrad(gradient: Handle, inputShape: Shape, attributes: AvgPoolAttributes): Handle;
  lrn(input: Handle, attributes: LrnAttributes): Handle;
  lrnGrad(input: Handle, output: Handle, gradient: Handle, attributes: LrnAttributes): Handle;

  relu(input: Handle): Handle;
  reluGrad(output: Handle, gradient: Handle): Handle;
  sigmoid(input: Handle): Handle;
  sigmoidGrad(output: Handle, gradient: Handle): Handle;
  tanh(input: Handle): Handle;
  tanhGrad(output: Handle, gradient: Handle): Handle;

  matmul(a: Handle, b: Handle, transposeA: boolean, transposeB: boolean): Handle;
  /** The bias goes along the last axis. */
  addBias(input: Handle, bias: Handle): Handle;
  /** The sum over every axis but the last. */
  biasGrad(gradient: Handle): Handle;
  add(a: Handle, b: Handle): Handle;
  multiply(a: Handle, b: Handle): Handle;
  scale(input: Handle, factor: number): Handle;
  softmax(logits: Handle): Handle;
  softmaxCrossEntropy(logits: Handle, labels: Handle): Handle;
  softmaxCrossEntropyGrad(logits: Handle, labels: Handle): Handle;
  sgdUpdate(
    target: Handle,
    weight: Handle,
    gradient: Handle,
    learningRate: Handle | undefined,
    attributes: OperationAttributes["sgdUpdate"],
  ): Handle;
  adamUpdate(
    weight: Handle,
    mean: Handle,
    variance: Handle,
    stepSize: Handle,
    rootCorrection: Handle,
    attributes: OperationAttributes["adamUpdate"],
  ): Handle;
}

/** An engine's own gradients of convolutions. */
export interface ConvolutionGradients<Handle> {
  /** `false` for what it lacks, or does slower than its convolution does it. */
  supports(of: "input" | "filter", window: ConvolutionWindow): boolean;
  /** From `[N, H', W', out]` to `inputShape`, `[N, H, W, in]`. */
  gradInput(gradient: Handle, filter: Handle, inputShape: Shape4, window: ConvolutionWindow): Handle;
  /** From `[N, H, W, in]` and `[N, H', W', out]` to `filterShape`, `[kH, kW, in, out]`. */
  gradFilter(input: Handle, gradient: Handle, filterShape: Shape4, window: ConvolutionWindow): Handle;
}

/** The extents of an image `[N, H, W, C]` or filter `[kH, kW, in, out]`. */
export function extentsOf(shape: Shape): Shape4 {
  if (!isShape4(shape)) throw new ShapeError(`An image or a filter has four axes; got ${formatShape(shape)}.`);
  return shape;
}

/** Computes with intermediate tensors, given to `hold`, that are freed at the end; what `body` returns is not. */
export function withTemporaries<Handle>(
  free: (handle: Handle) => void,
  body: (hold: (handle: Handle) => Handle) => Handle,
): Handle {
  const held: Handle[] = [];
  try {
    return body((handle) => {
      held.push(handle);
      return handle;
    });
  } finally {
    for (const handle of held) free(handle);
  }
}
