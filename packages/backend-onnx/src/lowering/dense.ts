import type { Lowering } from "./context.js";
import { convolution } from "./convolution.js";

export const matmul: Lowering<"matmul"> = ({ inputs, attributes, output }, { graph }) => {
  graph.node("Gemm", inputs, transposes(attributes), output);
};

/** The bias goes into the convolution or product before it, where there is one that nobody else needs without it. */
export const addBias: Lowering<"addBias"> = ({ inputs, output, shape }, context) => {
  const [input, bias] = inputs as [string, string];
  const { graph } = context;
  const convolved = context.soleUse(input, "conv2d");
  if (convolved) return convolution(convolved, bias, output, context);
  const product = context.soleUse(input, "matmul");
  if (product) {
    graph.node("Gemm", [...product.inputs, bias], transposes(product.attributes), output);
    return;
  }
  const perChannel = [shape[1] as number, ...shape.slice(2).map(() => 1)];
  graph.node("Add", [input, graph.node("Reshape", [bias, graph.integers(perChannel)])], {}, output);
};

export const biasGrad: Lowering<"biasGrad"> = ({ inputs, output }, { graph, shape }) => {
  const axes = shape(inputs[0] as string)
    .map((_, axis) => axis)
    .filter((axis) => axis !== 1);
  graph.node("ReduceSum", [...inputs, graph.integers(axes)], { keepdims: 0 }, output);
};

export function transposes(attributes: { readonly transposeA: boolean; readonly transposeB: boolean }) {
  return { transA: Number(attributes.transposeA), transB: Number(attributes.transposeB) };
}
