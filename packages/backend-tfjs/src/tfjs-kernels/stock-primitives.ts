import type { Shape } from "@alexnet/core";
import type { AvgPoolAttributes, LrnAttributes, MaxPoolAttributes } from "@alexnet/core/program";
import type { KernelBackend, TensorInfo } from "@tensorflow/tfjs-core";
import { type Primitives, withTemporaries } from "../primitives.js";
import { updates } from "../updates.js";
import { type RunKernel, reshaped } from "./runner.js";

/**
 * Every primitive in kernels that come with TensorFlow.js: the common ground of its backends. Kernel names and attributes
 * are those of `kernel_names.ts` in tfjs-core.
 */
export function stockPrimitives(backend: KernelBackend, run: RunKernel): Primitives<TensorInfo> {
  type T = TensorInfo;
  const free = ({ dataId }: T): void => {
    backend.disposeData(dataId);
  };
  const write = (data: Float32Array, shape: Shape): T => {
    const extents = [...shape];
    return { dataId: backend.write(data, extents, "float32"), shape: extents, dtype: "float32" };
  };
  const scoped = (body: (hold: (info: T) => T) => T): T => withTemporaries(free, body);
  const unary = (kernel: string) => (x: T) => run(kernel, { x });
  const binary = (kernel: string) => (a: T, b: T) => run(kernel, { a, b });
  const add = binary("Add");
  const subtract = binary("Sub");
  const multiply = binary("Multiply");
  const scale = (input: T, factor: number): T =>
    scoped((hold) => multiply(input, hold(write(Float32Array.of(factor), []))));
  const pooling = ({ window, stride }: AvgPoolAttributes, [top, left, bottom, right] = [0, 0, 0, 0]) => ({
    filterSize: [...window],
    strides: [...stride],
    pad: explicitPadding([top, left, bottom, right]),
    dimRoundingMode: "floor",
  });
  const maxPooling = (attributes: MaxPoolAttributes) => pooling(attributes, [...attributes.padding]);

  /** `logits − log Σ e^logits` of each row; the largest logit is taken off first, so that nothing overflows. */
  const logSoftmax = (logits: T): T =>
    scoped((hold) => {
      const column = [logits.shape[0]!, 1];
      const rowMaximum = hold(run("Max", { x: logits }, { reductionIndices: [1], keepDims: false }));
      const lowered = hold(subtract(logits, hold(reshaped(backend, rowMaximum, column))));
      const sums = hold(run("Sum", { x: hold(unary("Exp")(lowered)) }, { axis: [1], keepDims: false }));
      return subtract(lowered, hold(reshaped(backend, hold(unary("Log")(sums)), column)));
    });

  return {
    shapeOf: ({ shape }) => shape,
    write,
    // Everything here is float32, which is read as that.
    read: async ({ dataId }) => ((await backend.read(dataId)) as Float32Array).slice(),
    free,
    reshape: (input, shape) => reshaped(backend, input, shape),
    transpose: (x, permutation) => run("Transpose", { x }, { perm: [...permutation] }),
    flip: (x) => run("Reverse", { x }, { dims: [0, 1] }),
    slice: (x, begin, size) => run("Slice", { x }, { begin: [...begin], size: [...size] }),
    pad: (x, paddings) => run("PadV2", { x }, { paddings: paddings.map((pair) => [...pair]), constantValue: 0 }),
    // The one kernel whose inputs are a list.
    concat: (parts, axis) => run("Concat", parts as unknown as Record<string, T>, { axis }),
    conv2d: (x, filter, { stride, dilation, padding }) =>
      run(
        "Conv2D",
        { x, filter },
        {
          strides: [...stride],
          dilations: [...dilation],
          pad: explicitPadding(padding),
          dataFormat: "NHWC",
          dimRoundingMode: "floor",
        },
      ),
    // The kernels pass over NaN. Pooling where it is gives 1 in a window that holds one, and 0 / (1 − 1) is NaN again.
    maxPool: (x, attributes) =>
      scoped((hold) => {
        const pool = (image: T): T => hold(run("MaxPool", { x: image }, maxPooling(attributes)));
        const isNan = hold(run("Cast", { x: hold(unary("IsNan")(x)) }, { dtype: "float32" }));
        const left = hold(subtract(hold(write(Float32Array.of(1), [])), pool(isNan)));
        return add(pool(x), hold(binary("RealDiv")(hold(write(Float32Array.of(0), [])), left)));
      }),
    maxPoolGrad: (input, output, dy, attributes) => run("MaxPoolGrad", { dy, input, output }, maxPooling(attributes)),
    avgPool: (x, attributes) => run("AvgPool", { x }, { ...pooling(attributes), pad: "valid" }),
    avgPoolGrad: (dy, inputShape, attributes) =>
      // Of the input the kernels want the shape alone.
      run("AvgPoolGrad", { dy, input: { ...dy, shape: [...inputShape] } }, { ...pooling(attributes), pad: "valid" }),
    lrn: (x, attributes) => run("LRN", { x }, normalization(attributes)),
    lrnGrad: (x, y, dy, attributes) => run("LRNGrad", { x, y, dy }, normalization(attributes)),
    relu: unary("Relu"),
    reluGrad: (output, gradient) =>
      scoped((hold) => multiply(gradient, hold(run("Step", { x: output }, { alpha: 0 })))),
    sigmoid: unary("Sigmoid"),
    sigmoidGrad: (output, gradient) =>
      scoped((hold) => {
        const rest = hold(subtract(hold(write(Float32Array.of(1), [])), output));
        return multiply(gradient, hold(multiply(output, rest)));
      }),
    tanh: unary("Tanh"),
    tanhGrad: (output, gradient) =>
      scoped((hold) => {
        const slope = hold(subtract(hold(write(Float32Array.of(1), [])), hold(multiply(output, output))));
        return multiply(gradient, slope);
      }),
    matmul: (a, b, transposeA, transposeB) => run("BatchMatMul", { a, b }, { transposeA, transposeB }),
    addBias: add,
    biasGrad: (gradient) =>
      scoped((hold) => {
        const channels = gradient.shape.at(-1)!;
        const pixels = gradient.shape.slice(0, -1).reduce((product, extent) => product * extent, 1);
        const rows = hold(reshaped(backend, gradient, [pixels, channels]));
        return run("Sum", { x: rows }, { axis: [0], keepDims: false });
      }),
    add,
    multiply,
    scale,
    softmax: (logits) => run("Softmax", { logits }, { dim: 1 }),
    softmaxCrossEntropy: (logits, labels) =>
      scoped((hold) => {
        const terms = hold(multiply(labels, hold(logSoftmax(logits))));
        const sum = hold(run("Sum", { x: terms }, { axis: [0, 1], keepDims: false }));
        return scale(sum, -1 / logits.shape[0]!);
      }),
    softmaxCrossEntropyGrad: (logits, labels) =>
      scoped((hold) => {
        const examples = logits.shape[0]!;
        const sums = hold(run("Sum", { x: labels }, { axis: [1], keepDims: false }));
        const shares = hold(unary("Exp")(hold(logSoftmax(logits))));
        const expected = hold(multiply(shares, hold(reshaped(backend, sums, [examples, 1]))));
        return scale(hold(subtract(expected, labels)), 1 / examples);
      }),
    ...updates({
      add,
      subtract,
      multiply,
      divide: binary("RealDiv"),
      squareRoot: unary("Sqrt"),
      scale,
      scalar: (value) => write(Float32Array.of(value), []),
      free,
    }),
  };
}

/** `[top, left, bottom, right]` the way TensorFlow.js takes it, an axis a pair. */
function explicitPadding([top, left, bottom, right]: readonly [number, number, number, number]): number[][] {
  return [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
}

/** Like the paper's, the alpha of TensorFlow is not divided by the number of channels, which is told as a radius. */
function normalization({ size, k, alpha, beta }: LrnAttributes) {
  return { depthRadius: (size - 1) / 2, bias: k, alpha, beta };
}
