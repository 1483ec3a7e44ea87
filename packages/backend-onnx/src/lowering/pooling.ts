import { sizeOf } from "@alexnet/core";
import type { MaxPoolAttributes } from "@alexnet/core/program";
import { elementTypes, OPEN_EXTENT } from "../onnx/graph.js";
import type { Lowering, LoweringContext } from "./context.js";
import { ownName } from "./names.js";
import { spatialMaxPool, spatialMaxPoolGrad } from "./spatial-pooling.js";

/** Name of the positions of the maxima, shared between a pooling and its gradient. */
function indicesOf(input: string, attributes: MaxPoolAttributes): string {
  const { window, stride, padding } = attributes;
  return ownName(`maxima ${window.join("x")} ${stride.join("x")} ${padding.join("x")}`, input);
}

function hasGradient(input: string, attributes: MaxPoolAttributes, { program }: LoweringContext): boolean {
  return program.operations.some(
    (operation) =>
      operation.kind === "maxPoolGrad" &&
      operation.inputs[0] === input &&
      indicesOf(input, operation.attributes) === indicesOf(input, attributes),
  );
}

function poolSettings({ window, stride, padding }: MaxPoolAttributes) {
  return { kernel_shape: window, strides: stride, pads: padding };
}

/**
 * The maxima and where they are, in half the room of ONNX's 64 bits. To look for NaN, the engine also needs one of the
 * places, or it would keep the 64 bits until the gradient asks for them.
 */
function pooledWithIndices(
  input: string,
  attributes: MaxPoolAttributes,
  [pooled, indices]: readonly [string, string],
  { graph, onNaN, tellNaN }: LoweringContext,
): void {
  const wide = ownName("wide", indices);
  graph.nodeWithOutputs("MaxPool", [input], poolSettings(attributes), [pooled, wide]);
  graph.node("Cast", [wide], { to: elementTypes.int32 }, indices);
  if (onNaN !== "tell") return;
  const corner = graph.node("Slice", [indices, graph.integers([0, 0, 0, 0]), graph.integers([1, 1, 1, 1])]);
  const number = graph.node("Cast", [corner], { to: elementTypes.float32 });
  tellNaN(graph.node("Mul", [number, graph.number(0)]));
}

/** ONNX Runtime's kernel passes over NaN. The mean of an image that holds one is NaN, and takes one look at each pixel. */
export const maxPool: Lowering<"maxPool"> = (operation, context) => {
  const [value] = operation.inputs;
  const { attributes, output } = operation;
  const { graph, onNaN } = context;
  const indices = hasGradient(value, attributes, context) ? indicesOf(value, attributes) : undefined;
  if (context.orderOf(value) === "spatial") {
    spatialMaxPool(operation, indices, context);
    return;
  }
  const input = context.read(value, "channels");
  const pooled = onNaN === "propagate" ? ownName("largest", output) : output;
  if (indices === undefined) graph.node("MaxPool", [input], poolSettings(attributes), pooled);
  else pooledWithIndices(input, attributes, [pooled, indices], context);
  if (onNaN === "tell") context.tellNaN(graph.node("GlobalAveragePool", [input]));
  if (onNaN !== "propagate") return;
  const strange = graph.node("Where", [graph.node("IsNaN", [input]), graph.number(1), graph.number(0)]);
  const inWindow = graph.node("MaxPool", [strange], poolSettings(attributes));
  const met = graph.node("Greater", [inWindow, graph.number(0)]);
  graph.node("Where", [met, graph.number(Number.NaN), pooled], {}, output);
};

/**
 * Adds each window's gradient to the position of its maximum. `MaxUnpool` will not do: it overwrites where windows
 * overlap. ONNX Runtime keeps the first maximum, as the definition asks.
 */
export const maxPoolGrad: Lowering<"maxPoolGrad"> = ({ inputs, attributes, output, shape }, context) => {
  const [input, pooled, upstream] = inputs;
  const { graph, program } = context;
  let indices = indicesOf(input, attributes);
  if (context.orderOf(input) === "spatial") {
    spatialMaxPoolGrad([input, upstream], output, attributes, indices, context);
    return;
  }
  const gradient = context.read(upstream, "channels");
  const isPooledHere = program.operations.some(
    (operation) => operation.kind === "maxPool" && operation.output === pooled && operation.inputs[0] === input,
  );
  if (!isPooledHere) {
    indices = ownName("maxima", output);
    pooledWithIndices(context.read(input, "channels"), attributes, [ownName("pooled", output), indices], context);
  }
  const flat = graph.integers([-1]);
  const zeros = graph.node("ConstantOfShape", [graph.integers([sizeOf(shape)])]);
  const updates = [graph.node("Reshape", [indices, flat]), graph.node("Reshape", [gradient, flat])];
  const scattered = graph.node("ScatterElements", [zeros, ...updates], { axis: 0, reduction: "add" });
  graph.node("Reshape", [scattered, graph.integers([OPEN_EXTENT, ...shape.slice(1)])], {}, output);
};

export const avgPool: Lowering<"avgPool"> = ({ inputs, attributes, output }, { graph }) => {
  graph.node("AveragePool", inputs, { kernel_shape: attributes.window, strides: attributes.stride }, output);
};

/** Spreads each mean over its window: a transposed convolution of every channel by itself with equal weights. */
export const avgPoolGrad: Lowering<"avgPoolGrad"> = ({ inputs, attributes, output, shape }, context) => {
  const { graph } = context;
  const { window, stride, inputSize } = attributes;
  const [gradient] = inputs;
  const [, , ...size] = context.shape4(gradient);
  const filter = graph.constant(new Float32Array(sizeOf(window)).fill(1 / sizeOf(window)), [1, 1, ...window]);
  const missing = size.map((positions, axis) => inputSize[axis]! - (stride[axis]! * (positions - 1) + window[axis]!));
  const single = graph.node("Reshape", [gradient, graph.integers([OPEN_EXTENT, 1, ...size])]);
  const settings = { kernel_shape: window, strides: stride, output_padding: missing };
  const spread = graph.node("ConvTranspose", [single, filter], settings);
  graph.node("Reshape", [spread, graph.integers([OPEN_EXTENT, ...shape.slice(1)])], {}, output);
};
