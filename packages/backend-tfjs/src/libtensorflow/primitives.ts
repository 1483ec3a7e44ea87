import type { Shape } from "@alexnet/core";
import type { LrnAttributes } from "@alexnet/core/program";
import { type ConvolutionWindow, type Primitives, withTemporaries } from "../primitives.js";
import { updates } from "../updates.js";
import type { TensorFlowAddon } from "./addon.js";
import { convolution, convolutionGradients, edges, edgesOf } from "./convolution.js";
import { executor, type TensorFlowTensor } from "./operations.js";

/**
 * Every primitive in operations of TensorFlow itself, as its API definition (`tensorflow.org/api_docs`) has them. The
 * tensors they make, and that are not freed yet, are in `alive`.
 */
export function tensorFlowPrimitives(addon: TensorFlowAddon, alive: Set<number>): Primitives<TensorFlowTensor> {
  type T = TensorFlowTensor;
  const keep = (tensor: T): T => {
    alive.add(tensor.id);
    return tensor;
  };
  const run = executor(addon);
  const execute: typeof run = (...given) => keep(run(...given));
  const free = ({ id }: T): void => {
    alive.delete(id);
    addon.deleteTensor(id);
  };
  const scoped = (body: (hold: (tensor: T) => T) => T): T => withTemporaries(free, body);
  const write = (data: Float32Array, shape: Shape): T =>
    keep({ id: addon.createTensor(shape, addon.TF_FLOAT, data), shape });
  const integers = (values: readonly number[], shape: Shape = [values.length]): T =>
    keep({ id: addon.createTensor(shape, addon.TF_INT32, Int32Array.from(values)), shape });
  const scalar = (value: number): T => write(Float32Array.of(value), []);

  const slice: Primitives<T>["slice"] = (input, begin, size) =>
    scoped((hold) => execute("Slice", [input, hold(integers(begin)), hold(integers(size))]));
  const pad: Primitives<T>["pad"] = (input, paddings) =>
    scoped((hold) => execute("Pad", [input, hold(integers(paddings.flat(), [paddings.length, 2]))]));
  const add = (a: T, b: T): T => execute("AddV2", [a, b]);
  const subtract = (a: T, b: T): T => execute("Sub", [a, b]);
  const multiply = (a: T, b: T): T => execute("Mul", [a, b]);
  const scale = (input: T, factor: number): T => scoped((hold) => multiply(input, hold(scalar(factor))));
  const sum = (input: T, axes: readonly number[], keepDimensions: boolean): T =>
    scoped((hold) => execute("Sum", [input, hold(integers(axes))], { keep_dims: keepDimensions }));

  const parts = { execute, integers, free, pad, slice };

  return {
    shapeOf: ({ shape }) => shape,
    write,
    read: async ({ id }) => addon.tensorDataSync(id).slice(),
    free,
    reshape: (input, shape) => scoped((hold) => execute("Reshape", [input, hold(integers(shape))])),
    transpose: (input, permutation) => scoped((hold) => execute("Transpose", [input, hold(integers(permutation))])),
    flip: (filter) => scoped((hold) => execute("ReverseV2", [filter, hold(integers([0, 1]))])),
    slice,
    pad,
    concat: (parts, axis) =>
      scoped((hold) => execute("ConcatV2", [...parts, hold(integers([axis], []))], { N: { int: parts.length } })),

    conv2d: convolution(parts),
    convolutionGradients: convolutionGradients(parts),
    // TensorFlow's kernel passes over NaN. The mean of a window that holds one is NaN, whatever else is in it, and that of
    // the others never is once none of their numbers is below 0: infinities of both signs would add up to NaN too.
    maxPool: (input, attributes) =>
      scoped((hold) => {
        const { window, stride, padding } = attributes;
        const largest = hold(execute("MaxPool", [input], pooling(attributes)));
        const positive = hold(execute("Relu", [input]));
        const image = padding.every((extent) => extent === 0) ? positive : hold(pad(positive, edgesOf(padding)));
        const mean = hold(execute("AvgPool", [image], pooling({ window, stride })));
        return execute("SelectV2", [hold(execute("IsNan", [mean])), mean, largest]);
      }),
    maxPoolGrad: (input, output, gradient, attributes) =>
      execute("MaxPoolGrad", [input, output, gradient], pooling(attributes)),
    avgPool: (input, { window, stride }) => execute("AvgPool", [input], pooling({ window, stride })),
    avgPoolGrad: (gradient, inputShape, { window, stride }) =>
      scoped((hold) => execute("AvgPoolGrad", [hold(integers(inputShape)), gradient], pooling({ window, stride }))),
    lrn: (input, attributes) => execute("LRN", [input], normalizing(attributes)),
    lrnGrad: (input, output, gradient, attributes) =>
      execute("LRNGrad", [gradient, input, output], normalizing(attributes)),

    relu: (input) => execute("Relu", [input]),
    reluGrad: (output, gradient) => execute("ReluGrad", [gradient, output]),
    sigmoid: (input) => execute("Sigmoid", [input]),
    sigmoidGrad: (output, gradient) => execute("SigmoidGrad", [output, gradient]),
    tanh: (input) => execute("Tanh", [input]),
    tanhGrad: (output, gradient) => execute("TanhGrad", [output, gradient]),

    matmul: (a, b, transposeA, transposeB) =>
      execute("MatMul", [a, b], { transpose_a: transposeA, transpose_b: transposeB }),
    addBias: (input, bias) => execute("BiasAdd", [input, bias], { data_format: "NHWC" }),
    biasGrad: (gradient) => execute("BiasAddGrad", [gradient], { data_format: "NHWC" }),
    add,
    multiply,
    scale,
    softmax: (logits) => execute("Softmax", [logits]),
    softmaxCrossEntropy: (logits, labels) =>
      scoped((hold) => {
        const terms = hold(multiply(labels, hold(execute("LogSoftmax", [logits]))));
        return scale(hold(sum(terms, [0, 1], false)), -1 / logits.shape[0]!);
      }),
    softmaxCrossEntropyGrad: (logits, labels) =>
      scoped((hold) => {
        const expected = hold(multiply(hold(execute("Softmax", [logits])), hold(sum(labels, [1], true))));
        return scale(hold(subtract(expected, labels)), 1 / logits.shape[0]!);
      }),
    ...updates({
      add,
      subtract,
      multiply,
      divide: (a, b) => execute("RealDiv", [a, b]),
      squareRoot: (input) => execute("Sqrt", [input]),
      scale,
      scalar,
      free,
    }),
  };
}

function pooling(attributes: {
  readonly window: readonly [number, number];
  readonly stride: readonly [number, number];
  readonly padding?: ConvolutionWindow["padding"];
}) {
  const { window, stride, padding = [0, 0, 0, 0] } = attributes;
  return { ksize: { ints: [1, ...window, 1] }, strides: { ints: [1, ...stride, 1] }, ...edges(padding) };
}

/** Like the paper's, the alpha of TensorFlow is not divided by the number of channels, which is told as a radius. */
function normalizing({ size, k, alpha, beta }: LrnAttributes) {
  return { depth_radius: { int: (size - 1) / 2 }, bias: k, alpha, beta };
}
