import { type LrnAttributes, type Shape, sizeOf } from "@alexnet/core";
import type { Lowering, LoweringContext } from "./context.js";

/** ONNX divides alpha by the number of channels, the paper does not. */
export const lrn: Lowering<"lrn"> = ({ inputs, attributes, output }, { graph }) => {
  const { size, k, alpha, beta } = attributes;
  const settings = { size, alpha: { float: alpha * size }, beta: { float: beta }, bias: { float: k } };
  graph.node("LRN", inputs, settings, output);
};

export const lrnGrad: Lowering<"lrnGrad"> = ({ inputs, attributes, output }, context) => {
  const [input, normalised, gradient] = inputs as [string, string, string];
  const { graph } = context;
  const { k, alpha, beta } = attributes;
  const shape = context.shape(input);
  const squares = graph.node("Mul", [input, input]);
  const weighted = graph.node("Mul", [channelSums(squares, shape, attributes, context), graph.number(alpha)]);
  const divisor = graph.node("Add", [weighted, graph.number(k)]);
  const direct = graph.node("Div", [gradient, power(divisor, beta, context)]);
  const shares = graph.node("Div", [graph.node("Mul", [gradient, normalised]), divisor]);
  const neighbours = graph.node("Mul", [input, channelSums(shares, shape, attributes, context)]);
  graph.node("Sub", [direct, graph.node("Mul", [neighbours, graph.number(2 * alpha * beta)])], {}, output);
};

/** The sum over the channels around each: an average pooling along the channels, times their number. */
function channelSums(value: string, shape: Shape, { size }: LrnAttributes, { graph }: LoweringContext): string {
  const [batch, channels, ...image] = shape as readonly [number, number, ...number[]];
  const reach = (size - 1) / 2;
  const flat = graph.node("Reshape", [value, graph.integers([batch, 1, channels, sizeOf(image)])]);
  const settings = { kernel_shape: [size, 1], strides: [1, 1], pads: [reach, 0, reach, 0], count_include_pad: 1 };
  const sums = graph.node("Mul", [graph.node("AveragePool", [flat], settings), graph.number(size)]);
  return graph.node("Reshape", [sums, graph.integers(shape)]);
}

/** `value^exponent`; the usual 3/4 as two square roots, because `Pow` costs ten times as much. */
function power(value: string, exponent: number, { graph }: LoweringContext): string {
  if (exponent !== 0.75) return graph.node("Pow", [value, graph.number(exponent)]);
  const root = graph.node("Sqrt", [value]);
  return graph.node("Mul", [root, graph.node("Sqrt", [root])]);
}
