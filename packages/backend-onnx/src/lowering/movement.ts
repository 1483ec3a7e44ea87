import { OPEN_EXTENT } from "../onnx/graph.js";
import type { Lowering } from "./context.js";

export const reshape: Lowering<"reshape"> = ({ inputs, output, shape }, { graph }) => {
  const [, ...others] = shape;
  graph.node("Reshape", [...inputs, graph.integers(shape.length === 0 ? [] : [OPEN_EXTENT, ...others])], {}, output);
};

export const concat: Lowering<"concat"> = ({ inputs, attributes, output }, { graph }) => {
  graph.node("Concat", inputs, { axis: attributes.axis }, output);
};

export const slice: Lowering<"slice"> = ({ inputs, attributes, output }, { graph }) => {
  const { axis, start, end } = attributes;
  graph.node("Slice", [...inputs, ...[start, end, axis].map((bound) => graph.integers([bound]))], {}, output);
};

export const sliceGrad: Lowering<"sliceGrad"> = ({ inputs, attributes, output }, { graph, shape }) => {
  const { axis, start, extent } = attributes;
  const gradient = shape(inputs[0] as string);
  const before = gradient.map((_, position) => (position === axis ? start : 0));
  const after = gradient.map((size, position) => (position === axis ? extent - start - size : 0));
  graph.node("Pad", [...inputs, graph.integers([...before, ...after])], {}, output);
};
