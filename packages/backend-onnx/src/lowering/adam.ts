import type { Lowering } from "./context.js";

/** As the definition has it; multipliers of 1 are left out. */
export const adamUpdate: Lowering<"adamUpdate"> = ({ inputs, attributes, output }, { graph }) => {
  const [weight, mean, variance, stepSize, rootCorrection] = inputs;
  const { epsilon, rate } = attributes;
  const size = rate === 1 ? stepSize : graph.node("Mul", [stepSize, graph.number(rate)]);
  const root = graph.node("Mul", [graph.node("Sqrt", [variance]), rootCorrection]);
  const divisor = graph.node("Add", [root, graph.number(epsilon)]);
  const step = graph.node("Div", [graph.node("Mul", [mean, size]), divisor]);
  graph.node("Sub", [weight, step], {}, output);
};
