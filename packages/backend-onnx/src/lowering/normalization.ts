import { sizeOf } from "@alexnet/core";
import type { LrnAttributes } from "@alexnet/core/program";
import { OPEN_EXTENT } from "../onnx/graph.js";
import type { Lowering, LoweringContext } from "./context.js";
import type { Order } from "./orders.js";

/**
 * Not ONNX's own `LRN`: ONNX Runtime computes its sums by adding the next channel and subtracting the last, and where
 * channels differ by more than float32 reaches, what is left of the large ones outweighs the small ones, or is negative.
 */
export const lrn: Lowering<"lrn"> = ({ inputs, attributes, output }, context) => {
  const [input] = inputs;
  const { graph, read, write } = context;
  const order = imageOrder(input, context);
  const divisor = divisorOf(input, attributes, context);
  graph.node("Div", [read(input, order), power(divisor, attributes.beta, context)], {}, write(output, order));
};

/**
 * Made of the input and the gradient alone: the divisor is computed again and the output not asked for, so that of each
 * normalized image one tensor and not three are kept for the gradient.
 */
export const lrnGrad: Lowering<"lrnGrad"> = ({ inputs, attributes, output }, context) => {
  const [value, , upstream] = inputs;
  const { graph, read, write } = context;
  const order = imageOrder(value, context);
  const [input, gradient] = [read(value, order), read(upstream, order)];
  const { size, alpha, beta } = attributes;
  const divisor = divisorOf(value, attributes, context);
  const direct = graph.node("Div", [gradient, power(divisor, beta, context)]);
  const shares = graph.node("Div", [graph.node("Mul", [direct, input]), divisor]);
  const neighbors = graph.node("Mul", [input, channelSums(shares, value, size, 2 * alpha * beta, context)]);
  graph.node("Sub", [direct, neighbors], {}, write(output, order));
};

/** Where the channels stand last, or as the program has them. */
function imageOrder(value: string, { orderOf }: LoweringContext): Order {
  return orderOf(value) === "spatial" ? "spatial" : "channels";
}

/** `k + alpha · Σ a²` in the input's order. */
function divisorOf(input: string, { size, k, alpha }: LrnAttributes, context: LoweringContext): string {
  const { graph, read } = context;
  const value = read(input, imageOrder(input, context));
  const sums = channelSums(graph.node("Mul", [value, value]), input, size, alpha, context);
  return graph.node("Add", [sums, graph.number(k)]);
}

/**
 * The sum over the channels around each, times a factor, of a value of the input's shape and order: a matrix product with
 * a matrix that has the factor in a band around its diagonal, several times faster than a pooling along the channels.
 */
function channelSums(value: string, input: string, size: number, factor: number, context: LoweringContext): string {
  const { graph, once } = context;
  const [, channels, ...image] = context.shape4(input);
  const band = once(JSON.stringify(["band", channels, size, factor]), () => {
    const near = (at: number): boolean => Math.abs(Math.floor(at / channels) - (at % channels)) <= (size - 1) / 2;
    return graph.constant(
      Float32Array.from({ length: channels ** 2 }, (_, at) => (near(at) ? factor : 0)),
      [channels, channels],
    );
  });
  if (imageOrder(input, context) === "spatial") return graph.node("MatMul", [value, band]);
  const flat = graph.node("Reshape", [value, graph.integers([OPEN_EXTENT, channels, sizeOf(image)])]);
  const sums = graph.node("MatMul", [band, flat]);
  return graph.node("Reshape", [sums, graph.integers([OPEN_EXTENT, channels, ...image])]);
}

/** `value^exponent`; the usual 3/4 as two square roots, because `Pow` costs ten times as much. */
function power(value: string, exponent: number, { graph }: LoweringContext): string {
  if (exponent !== 0.75) return graph.node("Pow", [value, graph.number(exponent)]);
  const root = graph.node("Sqrt", [value]);
  return graph.node("Mul", [root, graph.node("Sqrt", [root])]);
}
