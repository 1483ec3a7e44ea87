import type { Lowering, LoweringContext } from "./context.js";
import { transposes } from "./dense.js";

/**
 * `momentum · target − step · (gradient + weightDecay · weight)` with `step = rate · learningRate`, in as few passes over
 * the weights as the numbers allow. Where the gradient is a matrix product of its own, the update is one `Gemm` on top of
 * the target, and the gradient, as large as the weights, never exists.
 */
export const sgdUpdate: Lowering<"sgdUpdate"> = ({ inputs, attributes, output }, context) => {
  const [target, weight, gradient, learningRate] = inputs;
  const { graph } = context;
  const { momentum, weightDecay, rate } = attributes;
  const step =
    learningRate === undefined
      ? graph.number(rate)
      : rate === 1
        ? learningRate
        : graph.node("Mul", [learningRate, graph.number(rate)]);
  const last = (operator: string, operands: readonly string[], settings = {}): string =>
    graph.node(operator, operands, settings, weightDecay === 0 ? output : undefined);

  const product = context.soleUse(gradient, "matmul");
  let moved: string;
  if (product) {
    const [a, b] = product.inputs;
    const settings = { ...transposes(product.attributes), alpha: { float: -1 }, beta: { float: momentum } };
    const [left, right] =
      sizeOfValue(a, context) <= sizeOfValue(b, context)
        ? [scaled(a, step, context), b]
        : [a, scaled(b, step, context)];
    moved = last("Gemm", [left, right, target], settings);
  } else {
    const kept = momentum === 1 ? target : graph.node("Mul", [target, graph.number(momentum)]);
    moved = last("Sub", [kept, scaled(gradient, step, context)]);
  }
  if (weightDecay === 0) return;
  const decay = graph.node("Mul", [step, graph.number(weightDecay)]);
  graph.node("Sub", [moved, scaled(weight, decay, context)], {}, output);
};

function scaled(value: string, factor: string, { graph }: LoweringContext): string {
  return graph.node("Mul", [value, factor]);
}

function sizeOfValue(value: string, { shape }: LoweringContext): number {
  return shape(value).reduce((size, extent) => size * extent, 1);
}
