import type { Lowering } from "./context.js";

export const relu: Lowering<"relu"> = ({ inputs, output }, { graph }) => {
  graph.node("Relu", inputs, {}, output);
};

export const reluGrad: Lowering<"reluGrad"> = ({ inputs, output }, { graph }) => {
  const [activated, gradient] = inputs;
  const zero = graph.number(0);
  graph.node("Where", [graph.node("Greater", [activated, zero]), gradient, zero], {}, output);
};

export const sigmoid: Lowering<"sigmoid"> = ({ inputs, output }, { graph }) => {
  graph.node("Sigmoid", inputs, {}, output);
};

export const sigmoidGrad: Lowering<"sigmoidGrad"> = ({ inputs, output }, { graph }) => {
  const [activated, gradient] = inputs;
  const slope = graph.node("Mul", [activated, graph.node("Sub", [graph.number(1), activated])]);
  graph.node("Mul", [gradient, slope], {}, output);
};

export const tanh: Lowering<"tanh"> = ({ inputs, output }, { graph }) => {
  graph.node("Tanh", inputs, {}, output);
};

export const tanhGrad: Lowering<"tanhGrad"> = ({ inputs, output }, { graph }) => {
  const [activated, gradient] = inputs;
  const slope = graph.node("Sub", [graph.number(1), graph.node("Mul", [activated, activated])]);
  graph.node("Mul", [gradient, slope], {}, output);
};

export const multiply: Lowering<"multiply"> = ({ inputs, output }, { graph }) => {
  graph.node("Mul", inputs, {}, output);
};

export const add: Lowering<"add"> = ({ inputs, output }, { graph }) => {
  graph.node("Add", inputs, {}, output);
};

export const scale: Lowering<"scale"> = ({ inputs, attributes, output }, { graph }) => {
  graph.node("Mul", [...inputs, graph.number(attributes.factor)], {}, output);
};
