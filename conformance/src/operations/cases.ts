import type { OperationKind, ProgramBuilder, Shape } from "@alexnet/core";

/** One operation, with its gradients where it has any, on inputs of given shapes. */
export interface OperationCase {
  readonly name: string;
  /** The operations it exercises. */
  readonly kinds: readonly OperationKind[];
  /** Fed values by name; drawn from [−1, 1), or from [`from`, `to`). */
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly range?: readonly [from: number, to: number];
  /**
   * Inputs drawn in another way. `distinct`: evenly spaced in [−1, 1), never 0, in random order, so that no rounding
   * turns a comparison. `tied`: multiples of a quarter, so that most comparisons are ties.
   */
  readonly draws?: Readonly<Record<string, "distinct" | "tied">>;
  /** Writes the operations and returns the values to compare. */
  build(builder: ProgramBuilder): readonly string[];
}

const ONE = [1, 1] as const;
const NO_PADDING = [0, 0, 0, 0] as const;

interface Convolution {
  readonly input: Shape;
  readonly filter: Shape;
  readonly output: Shape;
  readonly stride?: readonly [number, number];
  readonly padding?: readonly [number, number, number, number];
  readonly dilation?: readonly [number, number];
  readonly groups?: number;
}

function convolution(name: string, options: Convolution): OperationCase {
  const { input, filter, output, stride = ONE, padding = NO_PADDING, dilation = ONE, groups = 1 } = options;
  const attributes = { stride, padding, dilation, groups };
  return {
    name: `conv2d ${name}`,
    kinds: ["conv2d", "conv2dGradInput", "conv2dGradFilter"],
    inputs: { input, filter, gradient: output },
    build: ({ apply }) => [
      apply("conv2d", ["input", "filter"], attributes),
      apply("conv2dGradInput", ["gradient", "filter"], {
        ...attributes,
        inputSize: [input[2] as number, input[3] as number],
      }),
      apply("conv2dGradFilter", ["input", "gradient"], {
        ...attributes,
        filterSize: [filter[2] as number, filter[3] as number],
      }),
    ],
  };
}

function maxPooling(
  name: string,
  input: Shape,
  output: Shape,
  window: readonly [number, number],
  stride: readonly [number, number],
  padding: readonly [number, number, number, number] = NO_PADDING,
  draw: "distinct" | "tied" = "distinct",
): OperationCase {
  const attributes = { window, stride, padding };
  return {
    name: `maxPool ${name}`,
    kinds: ["maxPool", "maxPoolGrad"],
    inputs: { input, gradient: output },
    draws: { input: draw },
    build({ apply }) {
      const pooled = apply("maxPool", ["input"], attributes);
      return [pooled, apply("maxPoolGrad", ["input", pooled, "gradient"], attributes)];
    },
  };
}

function averagePooling(
  name: string,
  input: Shape,
  output: Shape,
  window: readonly [number, number],
  stride: readonly [number, number],
): OperationCase {
  const attributes = { window, stride };
  return {
    name: `avgPool ${name}`,
    kinds: ["avgPool", "avgPoolGrad"],
    inputs: { input, gradient: output },
    build: ({ apply }) => [
      apply("avgPool", ["input"], attributes),
      apply("avgPoolGrad", ["gradient"], { ...attributes, inputSize: [input[2] as number, input[3] as number] }),
    ],
  };
}

function normalisation(
  name: string,
  input: Shape,
  size: number,
  k: number,
  alpha: number,
  beta: number,
): OperationCase {
  const attributes = { size, k, alpha, beta };
  return {
    name: `lrn ${name}`,
    kinds: ["lrn", "lrnGrad"],
    inputs: { input, gradient: input },
    range: [-9, 9],
    build({ apply }) {
      const normalised = apply("lrn", ["input"], attributes);
      return [normalised, apply("lrnGrad", ["input", normalised, "gradient"], attributes)];
    },
  };
}

function activation(kind: "relu" | "sigmoid" | "tanh"): OperationCase {
  return {
    name: kind,
    kinds: [kind, `${kind}Grad`],
    inputs: { input: [2, 3, 5, 7], gradient: [2, 3, 5, 7] },
    ...(kind === "relu" ? { draws: { input: "distinct" } } : { range: [-4, 4] }),
    build({ apply }) {
      const activated = apply(kind, ["input"], {});
      return [activated, apply(`${kind}Grad`, [activated, "gradient"], {})];
    },
  };
}

function product(transposeA: boolean, transposeB: boolean): OperationCase {
  return {
    name: `matmul${transposeA ? " transposed" : ""} by${transposeB ? " transposed" : ""}`,
    kinds: ["matmul"],
    inputs: { a: transposeA ? [17, 5] : [5, 17], b: transposeB ? [11, 17] : [17, 11] },
    build: ({ apply }) => [apply("matmul", ["a", "b"], { transposeA, transposeB })],
  };
}

function update(
  name: string,
  attributes: { momentum: number; weightDecay: number; rate: number },
  learningRate: boolean,
): OperationCase {
  return {
    name: `sgdUpdate ${name}`,
    kinds: ["sgdUpdate", "matmul"],
    inputs: { target: [7, 13], weight: [7, 13], gradient: [7, 13], a: [4, 7], b: [4, 13], learningRate: [] },
    range: [0, 1],
    build({ apply }) {
      const rate = learningRate ? ["learningRate"] : [];
      const product = apply("matmul", ["a", "b"], { transposeA: true, transposeB: false });
      return [
        apply("sgdUpdate", ["target", "weight", "gradient", ...rate], attributes),
        apply("sgdUpdate", ["target", "weight", product, ...rate], attributes),
      ];
    },
  };
}

/** Every operation over shapes that backends get wrong: remainders, uneven padding, groups, single pixels, primes. */
export const operationCases: readonly OperationCase[] = [
  convolution("11x11 stride 4", {
    input: [2, 3, 27, 31],
    filter: [8, 3, 11, 11],
    output: [2, 8, 5, 6],
    stride: [4, 4],
  }),
  convolution("11x11 stride 4 padding 1 with a remainder", {
    input: [2, 1, 24, 26],
    filter: [6, 1, 11, 11],
    output: [2, 6, 4, 5],
    stride: [4, 4],
    padding: [1, 1, 1, 1],
  }),
  convolution("3x3 uneven padding", {
    input: [3, 5, 7, 9],
    filter: [4, 5, 3, 3],
    output: [3, 4, 7, 10],
    padding: [2, 0, 0, 3],
  }),
  convolution("3x3 padding wider than the filter", {
    input: [1, 2, 4, 5],
    filter: [3, 2, 3, 3],
    output: [1, 3, 8, 9],
    padding: [3, 3, 3, 3],
  }),
  convolution("5x5 padding 2 in two groups", {
    input: [3, 6, 9, 7],
    filter: [10, 3, 5, 5],
    output: [3, 10, 9, 7],
    padding: [2, 2, 2, 2],
    groups: 2,
  }),
  convolution("3x3 stride 2 padding 1 in three groups", {
    input: [2, 9, 8, 7],
    filter: [6, 3, 3, 3],
    output: [2, 6, 4, 4],
    stride: [2, 2],
    padding: [1, 1, 1, 1],
    groups: 3,
  }),
  convolution("one filter a channel", {
    input: [2, 5, 6, 6],
    filter: [5, 1, 3, 3],
    output: [2, 5, 6, 6],
    padding: [1, 1, 1, 1],
    groups: 5,
  }),
  convolution("3x3 dilation 2", { input: [2, 3, 9, 11], filter: [4, 3, 3, 3], output: [2, 4, 5, 7], dilation: [2, 2] }),
  convolution("5x3 uneven stride and dilation", {
    input: [2, 2, 14, 13],
    filter: [3, 2, 5, 3],
    output: [2, 3, 7, 4],
    stride: [2, 3],
    padding: [2, 1, 1, 0],
    dilation: [1, 2],
  }),
  convolution("1x1", { input: [7, 13, 5, 3], filter: [11, 13, 1, 1], output: [7, 11, 5, 3] }),
  convolution("1x1 stride 2", { input: [2, 4, 6, 5], filter: [3, 4, 1, 1], output: [2, 3, 3, 3], stride: [2, 2] }),
  // oneDNN's gradient of such a filter wrote past its memory: an odd batch, few channels, extents the stride divides.
  convolution("1x1 stride 2 in an odd batch", {
    input: [7, 3, 36, 36],
    filter: [5, 3, 1, 1],
    output: [7, 5, 18, 18],
    stride: [2, 2],
  }),
  convolution("1x1 stride 3 by 1 in an odd batch", {
    input: [5, 2, 18, 14],
    filter: [8, 2, 1, 1],
    output: [5, 8, 6, 14],
    stride: [3, 1],
  }),
  convolution("1x1 stride 2 by 4 with uneven padding", {
    input: [3, 4, 11, 13],
    filter: [7, 4, 1, 1],
    output: [3, 7, 6, 4],
    stride: [2, 4],
    padding: [1, 0, 0, 3],
  }),
  convolution("on a single pixel", {
    input: [5, 3, 1, 1],
    filter: [7, 3, 3, 3],
    output: [5, 7, 1, 1],
    padding: [1, 1, 1, 1],
  }),
  convolution("as large as the image", { input: [2, 3, 6, 5], filter: [4, 3, 6, 5], output: [2, 4, 1, 1] }),
  convolution("3x3 in a batch of one", { input: [1, 16, 6, 6], filter: [16, 16, 3, 3], output: [1, 16, 4, 4] }),
  convolution("1x1 past 2^24 elements", {
    input: [1, 1, 2900, 2900],
    filter: [2, 1, 1, 1],
    output: [1, 2, 2900, 2900],
  }),
  convolution("channels no multiple of 4, batch 13", {
    input: [13, 7, 6, 5],
    filter: [9, 7, 3, 3],
    output: [13, 9, 6, 5],
    padding: [1, 1, 1, 1],
  }),
  maxPooling("3x3 stride 2", [2, 3, 13, 13], [2, 3, 6, 6], [3, 3], [2, 2]),
  maxPooling("3x3 stride 2 with a remainder", [2, 3, 8, 12], [2, 3, 3, 5], [3, 3], [2, 2]),
  maxPooling("3x2 stride 1 padding 1", [1, 2, 5, 6], [1, 2, 5, 7], [3, 2], [1, 1], [1, 1, 1, 1]),
  maxPooling("2x2 uneven padding", [2, 1, 5, 5], [2, 1, 3, 3], [2, 2], [2, 2], [1, 0, 0, 1]),
  maxPooling("3x3 on 3x3", [3, 5, 3, 3], [3, 5, 1, 1], [3, 3], [2, 2]),
  maxPooling("3x3 stride 2 with ties", [2, 3, 9, 9], [2, 3, 4, 4], [3, 3], [2, 2], NO_PADDING, "tied"),
  averagePooling("2x2", [2, 3, 6, 8], [2, 3, 3, 4], [2, 2], [2, 2]),
  averagePooling("3x3 stride 2 overlapping", [2, 3, 9, 7], [2, 3, 4, 3], [3, 3], [2, 2]),
  averagePooling("2x3 with a remainder", [1, 2, 7, 8], [1, 2, 3, 2], [2, 3], [2, 4]),
  normalisation("as in the paper", [2, 9, 4, 3], 5, 2, 1e-4, 0.75),
  normalisation("strong", [2, 7, 3, 3], 5, 1, 0.5, 0.75),
  normalisation("over 3 channels, another exponent", [3, 6, 3, 3], 3, 1.5, 0.1, 0.5),
  normalisation("wider than the channels", [2, 2, 3, 3], 5, 2, 0.1, 0.75),
  activation("relu"),
  activation("sigmoid"),
  activation("tanh"),
  product(false, false),
  product(true, false),
  product(false, true),
  product(true, true),
  {
    name: "addBias on images",
    kinds: ["addBias", "biasGrad"],
    inputs: { input: [3, 5, 4, 2], bias: [5] },
    build: ({ apply }) => [apply("addBias", ["input", "bias"], {}), apply("biasGrad", ["input"], {})],
  },
  {
    name: "addBias on vectors",
    kinds: ["addBias", "biasGrad"],
    inputs: { input: [3, 5], bias: [5] },
    build: ({ apply }) => [apply("addBias", ["input", "bias"], {}), apply("biasGrad", ["input"], {})],
  },
  {
    name: "addBias after a convolution and a product",
    kinds: ["addBias", "conv2d", "matmul"],
    inputs: { input: [3, 2, 4, 4], filter: [5, 2, 3, 3], bias: [5], a: [3, 7], b: [5, 7] },
    build({ apply }) {
      const attributes = { stride: ONE, padding: NO_PADDING, dilation: ONE, groups: 1 };
      const convolved = apply("conv2d", ["input", "filter"], attributes);
      const product = apply("matmul", ["a", "b"], { transposeA: false, transposeB: true });
      return [apply("addBias", [convolved, "bias"], {}), apply("addBias", [product, "bias"], {})];
    },
  },
  {
    name: "multiply, add and scale",
    kinds: ["multiply", "add", "scale"],
    inputs: { a: [3, 4, 5], b: [3, 4, 5] },
    build: ({ apply }) => [
      apply("multiply", ["a", "b"], {}),
      apply("add", ["a", "b"], {}),
      apply("scale", ["a"], { factor: -0.3 }),
    ],
  },
  {
    name: "reshape, slice and concat",
    kinds: ["reshape", "slice", "sliceGrad", "concat"],
    inputs: { a: [3, 7, 2, 2], b: [3, 4, 2, 2] },
    build: ({ apply }) => [
      apply("reshape", ["a"], { shape: [7, 12] }),
      apply("slice", ["a"], { axis: 1, start: 2, end: 6 }),
      apply("slice", ["a"], { axis: 2, start: 1, end: 2 }),
      apply("sliceGrad", ["b"], { axis: 1, start: 2, extent: 9 }),
      apply("concat", ["a", "b"], { axis: 1 }),
    ],
  },
  {
    name: "concat of one part, of three, and of the batch",
    kinds: ["concat"],
    inputs: { a: [3, 7, 2, 2], b: [3, 4, 2, 2], c: [3, 1, 2, 2], d: [2, 7, 2, 2] },
    build: ({ apply }) => [
      apply("concat", ["a"], { axis: 2 }),
      apply("concat", ["b", "c", "a"], { axis: 1 }),
      apply("concat", ["d", "a"], { axis: 0 }),
    ],
  },
  {
    name: "softmax and cross-entropy",
    kinds: ["softmax", "softmaxCrossEntropy", "softmaxCrossEntropyGrad"],
    inputs: { logits: [5, 7], labels: [5, 7] },
    range: [0, 30],
    build: ({ apply }) => [
      apply("softmax", ["logits"], {}),
      apply("softmaxCrossEntropy", ["logits", "labels"], {}),
      apply("softmaxCrossEntropyGrad", ["logits", "labels"], {}),
    ],
  },
  update("plain", { momentum: 1, weightDecay: 0, rate: 1 }, true),
  update("with decay and a multiplier", { momentum: 1, weightDecay: 0.1, rate: 2 }, true),
  update("of a velocity as in the paper", { momentum: 0.9, weightDecay: 0.01, rate: 1 }, true),
  update("of a velocity as in PyTorch", { momentum: 0.9, weightDecay: 0.01, rate: -1 }, false),
];
