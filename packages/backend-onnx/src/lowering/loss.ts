import type { Lowering } from "./context.js";

export const softmax: Lowering<"softmax"> = ({ inputs, output }, { graph }) => {
  graph.node("Softmax", inputs, { axis: 1 }, output);
};

export const softmaxCrossEntropy: Lowering<"softmaxCrossEntropy"> = ({ inputs, output }, { graph, shape2 }) => {
  const [logits, labels] = inputs;
  const [examples] = shape2(logits);
  const logarithms = graph.node("LogSoftmax", [logits], { axis: 1 });
  const total = graph.node("ReduceSum", [graph.node("Mul", [labels, logarithms])], { keepdims: 0 });
  graph.node("Mul", [total, graph.number(-1 / examples)], {}, output);
};

export const softmaxCrossEntropyGrad: Lowering<"softmaxCrossEntropyGrad"> = ({ inputs, output }, { graph, shape2 }) => {
  const [logits, labels] = inputs;
  const [examples] = shape2(logits);
  const mass = graph.node("ReduceSum", [labels, graph.integers([1])], { keepdims: 1 });
  const expected = graph.node("Mul", [graph.node("Softmax", [logits], { axis: 1 }), mass]);
  graph.node("Mul", [graph.node("Sub", [expected, labels]), graph.number(1 / examples)], {}, output);
};
