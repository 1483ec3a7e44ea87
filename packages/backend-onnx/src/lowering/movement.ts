import type { Shape } from "@alexnet/core";
import { OPEN_EXTENT } from "../onnx/graph.js";
import type { Lowering } from "./context.js";
import { axisIn, shapeIn } from "./orders.js";

export const reshape: Lowering<"reshape"> = ({ inputs, output, shape }, context) => {
  const { graph, orderOf, read, write } = context;
  const [input] = inputs;
  // Channels that become images, as those of groups do, stay where they are among each pixel's values.
  const order = orderOf(input) === "spatial" && haveSameImages(context.shape(input), shape) ? "spatial" : "channels";
  const target = shapeIn([OPEN_EXTENT, ...shape.slice(1)], order);
  graph.node(
    "Reshape",
    [read(input, order), graph.integers(shape.length === 0 ? [] : target)],
    {},
    write(output, order),
  );
};

function haveSameImages(before: Shape, after: Shape): boolean {
  return before.length === 4 && after.length === 4 && before[2] === after[2] && before[3] === after[3];
}

export const concat: Lowering<"concat"> = ({ inputs, attributes, output }, { graph, orderOf, read, write }) => {
  const order = inputs.map(orderOf).find((each) => each !== "channels") ?? "channels";
  const parts = inputs.map((value) => read(value, order));
  graph.node("Concat", parts, { axis: axisIn(attributes.axis, order) }, write(output, order));
};

export const slice: Lowering<"slice"> = ({ inputs, attributes, output }, { graph, orderOf, read, write }) => {
  const [input] = inputs;
  const order = orderOf(input);
  const { axis, start, end } = attributes;
  const bounds = [start, end, axisIn(axis, order)].map((bound) => graph.integers([bound]));
  graph.node("Slice", [read(input, order), ...bounds], {}, write(output, order));
};

export const sliceGrad: Lowering<"sliceGrad"> = ({ inputs, attributes, output, shape }, context) => {
  const { graph, orderOf, read, write } = context;
  const [gradient] = inputs;
  const order = orderOf(gradient);
  const { axis, start, extent } = attributes;
  const after = extent - start - context.shape(gradient)[axis]!;
  const pads = [start, after].flatMap((zeros) =>
    shape.map((_, position) => (position === axisIn(axis, order) ? zeros : 0)),
  );
  graph.node("Pad", [read(gradient, order), graph.integers(pads)], {}, write(output, order));
};
