import type { OperationOf } from "@alexnet/core/program";
import type { Lowering, LoweringContext } from "./context.js";
import { convolution } from "./convolution.js";
import { eightBitProduct } from "./eight-bit.js";
import { axisIn } from "./orders.js";

export const matmul: Lowering<"matmul"> = (operation, context) => {
  product(operation, undefined, operation.output, context);
};

function product(
  operation: OperationOf<"matmul">,
  bias: string | undefined,
  output: string,
  context: LoweringContext,
): void {
  if (context.inEightBits(operation)) {
    eightBitProduct(operation, bias, output, context);
    return;
  }
  const operands = bias === undefined ? operation.inputs : [...operation.inputs, bias];
  context.graph.node("Gemm", operands, transposes(operation.attributes), output);
}

/** The bias goes into the convolution or product before it, where there is one that nobody else needs without it. */
export const addBias: Lowering<"addBias"> = ({ inputs, output, shape }, context) => {
  const [input, bias] = inputs;
  const { graph } = context;
  const convolved = context.soleUse(input, "conv2d");
  if (convolved) return convolution(convolved, bias, output, context);
  const multiplied = context.soleUse(input, "matmul");
  if (multiplied) return product(multiplied, bias, output, context);
  if (context.orderOf(input) === "spatial") {
    graph.node("Add", [context.read(input, "spatial"), bias], {}, context.write(output, "spatial"));
    return;
  }
  const perChannel = shape.slice(1).map((extent, axis) => (axis === 0 ? extent : 1));
  graph.node("Add", [input, graph.node("Reshape", [bias, graph.integers(perChannel)])], {}, output);
};

export const biasGrad: Lowering<"biasGrad"> = ({ inputs, output }, { graph, shape, read, orderOf }) => {
  const [gradient] = inputs;
  const order = orderOf(gradient);
  const axes = shape(gradient).map((_, axis) => axis);
  const summed = axes.filter((axis) => axis !== axisIn(1, order));
  graph.node("ReduceSum", [read(gradient, order), graph.integers(summed)], { keepdims: 0 }, output);
};

export function transposes(attributes: { readonly transposeA: boolean; readonly transposeB: boolean }) {
  return { transA: Number(attributes.transposeA), transB: Number(attributes.transposeB) };
}
