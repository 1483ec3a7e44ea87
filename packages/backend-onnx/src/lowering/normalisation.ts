import { type LrnAttributes, type Shape, sizeOf } from "@alexnet/core";
import { OPEN_EXTENT } from "../onnx/graph.js";
import type { Lowering, LoweringContext } from "./context.js";

/**
 * Not ONNX's own `LRN`: ONNX Runtime computes its sums by adding the next channel and subtracting the last, and where
 * channels differ by more than float32 reaches, what is left of the large ones outweighs the small ones, or is negative.
 */
export const lrn: Lowering<"lrn"> = ({ inputs, attributes, output }, context) => {
  const [input] = inputs as [string];
  const divisor = divisorOf(input, attributes, context);
  context.graph.node("Div", [input, power(divisor, attributes.beta, context)], {}, output);
};

export const lrnGrad: Lowering<"lrnGrad"> = ({ inputs, attributes, output }, context) => {
  const [input, normalised, gradient] = inputs as [string, string, string];
  const { graph } = context;
  const { size, alpha, beta } = attributes;
  const divisor = divisorOf(input, attributes, context);
  const direct = graph.node("Div", [gradient, power(divisor, beta, context)]);
  const shares = graph.node("Div", [graph.node("Mul", [gradient, normalised]), divisor]);
  const neighbours = graph.node("Mul", [input, channelMeans(shares, context.shape(input), attributes, context)]);
  graph.node("Sub", [direct, graph.node("Mul", [neighbours, graph.number(2 * alpha * beta * size)])], {}, output);
};

/** `k + alpha · Σ a²`, which a normalisation and its gradient share. */
function divisorOf(input: string, attributes: LrnAttributes, context: LoweringContext): string {
  const { graph } = context;
  const { size, k, alpha } = attributes;
  return context.once(JSON.stringify(["divisor", input, size, k, alpha]), () => {
    const squares = graph.node("Mul", [input, input]);
    const means = channelMeans(squares, context.shape(input), attributes, context);
    return graph.node("Add", [graph.node("Mul", [means, graph.number(alpha * size)]), graph.number(k)]);
  });
}

/** The sum over the channels around each, divided by their number: an average pooling along the channels. */
function channelMeans(value: string, shape: Shape, { size }: LrnAttributes, { graph }: LoweringContext): string {
  const [, channels, ...image] = shape as readonly [number, number, ...number[]];
  const reach = (size - 1) / 2;
  const flat = graph.node("Reshape", [value, graph.integers([OPEN_EXTENT, 1, channels, sizeOf(image)])]);
  const settings = { kernel_shape: [size, 1], strides: [1, 1], pads: [reach, 0, reach, 0], count_include_pad: 1 };
  return graph.node("Reshape", [
    graph.node("AveragePool", [flat], settings),
    graph.integers([OPEN_EXTENT, channels, ...image]),
  ]);
}

/** `value^exponent`; the usual 3/4 as two square roots, because `Pow` costs ten times as much. */
function power(value: string, exponent: number, { graph }: LoweringContext): string {
  if (exponent !== 0.75) return graph.node("Pow", [value, graph.number(exponent)]);
  const root = graph.node("Sqrt", [value]);
  return graph.node("Mul", [root, graph.node("Sqrt", [root])]);
}
