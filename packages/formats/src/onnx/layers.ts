import { type Layer, layers as make, sizeOf } from "@alexnet/core";
import { gather } from "../binary/strided.js";
import { decimalOf } from "../networks/decimal.js";
import { roundedUp } from "../networks/pooling.js";
import type { Constant } from "./constant.js";
import {
  intsOf,
  numberOf,
  type Pair,
  paddingOf,
  pairAttribute,
  pairOf,
  refusal,
  type Weights,
  weightsOf,
} from "./node.js";
import type { OnnxNode } from "./proto.js";

/** A node of a chain, and what there is before it. */
export interface Context {
  readonly node: OnnxNode;
  /** Of one image, as it comes to the node. */
  readonly shape: readonly number[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** The weights so far, by our names. */
  readonly weights: Record<string, Weights>;
  readonly name: (kind: string) => string;
}

/** The layers that a node is, by its kind. */
export const readers: Readonly<Record<string, (context: Context) => readonly Layer[]>> = {
  Conv: (context) => [convolutionOf(context)],
  Gemm(context) {
    const { node, constants } = context;
    for (const factor of ["alpha", "beta"]) {
      if (numberOf(node, factor, 1) !== 1) throw refusal(node, `has ${factor} ${numberOf(node, factor, 1)}, not 1`);
    }
    if (numberOf(node, "transA", 0) !== 0) throw refusal(node, "transposes its first factor");
    const [, , bias] = node.inputs;
    const layer = denseOf(context, {
      transposed: numberOf(node, "transB", 0) === 1,
      bias: bias ? weightsOf(node, bias, constants) : undefined,
    });
    return context.shape.length === 3 ? [make.flatten(context.name("flatten")), layer] : [layer];
  },
  Relu: ({ name }) => [make.relu(name("relu"))],
  Sigmoid: ({ name }) => [make.sigmoid(name("sigmoid"))],
  Tanh: ({ name }) => [make.tanh(name("tanh"))],
  LRN({ node, name }) {
    const size = numberOf(node, "size");
    const alpha = decimalOf(numberOf(node, "alpha", 1e-4)) / size;
    const [beta, k] = [decimalOf(numberOf(node, "beta", 0.75)), decimalOf(numberOf(node, "bias", 1))];
    return [make.lrn(name("norm"), { size, alpha, beta, k })];
  },
  MaxPool(context) {
    const { window, stride, padding } = poolingOf(context);
    return [make.maxPool(context.name("pool"), { window, stride, padding })];
  },
  AveragePool(context) {
    const { window, stride, padding } = poolingOf(context);
    if (padding.some((side) => side > 0)) throw refusal(context.node, "averages over the border of the image");
    if (window.every((extent) => extent === 1) && stride.every((step) => step === 1)) return [];
    return [make.avgPool(context.name("pool"), { window, stride })];
  },
  GlobalAveragePool: ({ name }) => [make.adaptiveAvgPool(name("pool"), { outputSize: 1 })],
  ReduceMean({ node, constants, name }) {
    const axes = intsOf(node, "axes", constants).map((axis) => (axis < 0 ? axis + 4 : axis));
    const areBoth = axes.length === 2 && axes.includes(2) && axes.includes(3);
    if (!areBoth || numberOf(node, "keepdims", 1) !== 1) throw refusal(node, "is no mean over height and width");
    return [make.adaptiveAvgPool(name("pool"), { outputSize: 1 })];
  },
  Flatten({ node, shape, name }) {
    if (numberOf(node, "axis", 1) !== 1) throw refusal(node, "keeps more than the first axis");
    return shape.length === 1 ? [] : [make.flatten(name("flatten"))];
  },
  Reshape({ node, shape, constants, name }) {
    const target = intsOf(node, "shape", constants);
    const features = sizeOf(shape);
    if (target.length !== 2 || (target[1] !== -1 && target[1] !== features)) {
      throw refusal(node, "does not make one vector of each image");
    }
    return shape.length === 1 ? [] : [make.flatten(name("flatten"))];
  },
  Dropout({ node, constants, name }) {
    const [, ratio] = node.inputs;
    const given = ratio ? constants.get(ratio) : undefined;
    const rate = given?.tensor ? given.tensor.data[0]! : numberOf(node, "ratio", 0.5);
    return [make.dropout(name("drop"), { rate: decimalOf(rate) })];
  },
  Identity: () => [],
};

function convolutionOf({ node, shape, constants, weights, name }: Context): Layer {
  const weight = weightsOf(node, node.inputs[1] ?? "", constants);
  const [filters = 0, , ...kernel] = weight.tensor.shape;
  if (kernel.length !== 2) throw refusal(node, `has filters of ${kernel.length} axes`);
  const layer = name("conv");
  weights[`${layer}.weight`] = weight;
  const [, , bias] = node.inputs;
  if (bias) weights[`${layer}.bias`] = weightsOf(node, bias, constants);
  const size = pairOf(kernel);
  const stride = pairAttribute(node, "strides", [1, 1]);
  const dilation = pairAttribute(node, "dilations", [1, 1]);
  const reach: Pair = [(size[0] - 1) * dilation[0] + 1, (size[1] - 1) * dilation[1] + 1];
  return make.conv2d(layer, {
    filters,
    kernel: size,
    stride,
    padding: paddingOf(node, shape, reach, stride),
    dilation,
    groups: numberOf(node, "group", 1),
    ...(!bias && { bias: false as const }),
  });
}

/** A product with a matrix of constants, `[in, out]`, or `[out, in]` where it is transposed. */
export function denseOf(
  { node, constants, weights, name }: Context,
  { transposed, bias }: { readonly transposed: boolean; readonly bias: Weights | undefined },
): Layer {
  const weight = weightsOf(node, node.inputs[1] ?? "", constants);
  const { shape, data } = weight.tensor;
  const [rows, columns] = shape;
  if (rows === undefined || columns === undefined || shape.length !== 2)
    throw refusal(node, "has no matrix of weights");
  const units = transposed ? rows : columns;
  const layer = name("fc");
  weights[`${layer}.weight`] = transposed
    ? weight
    : { ...weight, tensor: { shape: [columns, rows], data: gather(data, 0, [columns, rows], [1, columns]) } };
  if (bias) {
    const { length } = bias.tensor.data;
    if (length !== units) throw refusal(node, `has a bias of ${length} values for ${units} units`);
    weights[`${layer}.bias`] = { ...bias, tensor: { shape: [units], data: bias.tensor.data } };
  }
  return make.dense(layer, { units, ...(!bias && { bias: false as const }) });
}

/** What a sum adds to a product. */
export function biasOf(sum: OnnxNode, product: string, constants: ReadonlyMap<string, Constant>): Weights {
  return weightsOf(sum, sum.inputs.find((input) => input !== product) ?? "", constants);
}

function poolingOf({ node, shape }: Context): {
  readonly window: Pair;
  readonly stride: Pair;
  readonly padding: readonly [number, number, number, number];
} {
  const window = pairAttribute(node, "kernel_shape");
  const stride = pairAttribute(node, "strides", [1, 1]);
  if (pairAttribute(node, "dilations", [1, 1]).some((step) => step !== 1)) throw refusal(node, "is dilated");
  const given = paddingOf(node, shape, window, stride);
  const [, height = 1, width = 1] = shape;
  const isRoundedUp = numberOf(node, "ceil_mode", 0) === 1;
  return { window, stride, padding: isRoundedUp ? roundedUp([height, width], window, stride, given) : given };
}
