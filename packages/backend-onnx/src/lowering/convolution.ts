import type { ConvolutionAttributes, Pair, Shape } from "@alexnet/core";
import type { Lowering, LoweringContext } from "./context.js";

/** A convolution as one `Conv`, with the bias that follows it if there is one. */
export function convolution(
  { inputs, attributes }: { readonly inputs: readonly string[]; readonly attributes: ConvolutionAttributes },
  bias: string | undefined,
  output: string,
  { graph, shape }: LoweringContext,
): void {
  const { stride, padding, dilation, groups } = attributes;
  const operands = bias === undefined ? inputs : [...inputs, bias];
  const kernel = shape(inputs[1] as string).slice(2);
  graph.node(
    "Conv",
    operands,
    { kernel_shape: kernel, strides: stride, pads: padding, dilations: dilation, group: groups },
    output,
  );
}

export const conv2d: Lowering<"conv2d"> = (operation, context) =>
  convolution(operation, undefined, operation.output, context);

/**
 * Where the stride is 1, the convolution of the gradient with the filter turned by half a turn and its channels
 * exchanged: ONNX Runtime's `Conv` is several times faster than its `ConvTranspose`, which does the rest.
 */
export const conv2dGradInput: Lowering<"conv2dGradInput"> = (operation, context) => {
  const { attributes, inputs, output } = operation;
  const [gradient, filter] = inputs as [string, string];
  const { graph } = context;
  const { stride, dilation, padding, groups, inputSize } = attributes;
  const kernel = context.shape(filter).slice(2) as unknown as Pair;
  const reach = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)] as const;
  const turnedPadding = [reach[0] - padding[0], reach[1] - padding[1], reach[0] - padding[2], reach[1] - padding[3]];
  if (stride[0] === 1 && stride[1] === 1 && turnedPadding.every((extent) => extent >= 0)) {
    const turned = turnedFilter(filter, groups, context);
    const settings = { kernel_shape: kernel, strides: [1, 1], pads: turnedPadding, dilations: dilation, group: groups };
    graph.node("Conv", [gradient, turned], settings, output);
    return;
  }
  const gradientSize = context.shape(gradient).slice(2) as unknown as Pair;
  // Rows and columns at the end that no window reached: they get no gradient, but they are part of the input.
  const missing = ([0, 1] as const).map(
    (axis) =>
      inputSize[axis] +
      padding[axis] +
      padding[axis === 0 ? 2 : 3] -
      (stride[axis] * (gradientSize[axis] - 1) + reach[axis] + 1),
  );
  const settings = {
    kernel_shape: kernel,
    strides: stride,
    dilations: dilation,
    group: groups,
    pads: padding,
    output_padding: missing,
  };
  graph.node("ConvTranspose", [gradient, filter], settings, output);
};

/** `[O, C/groups, kH, kW]` to `[C, O/groups, kH, kW]`, each filter turned by half a turn. */
function turnedFilter(filter: string, groups: number, { graph, shape }: LoweringContext): string {
  const [filters, channels, height, width] = shape(filter) as readonly [number, number, number, number];
  const taps = height * width;
  const perGroup = filters / groups;
  const grouped = graph.node("Reshape", [filter, graph.integers([groups, perGroup, channels, taps])]);
  const backwards = graph.integers(Array.from({ length: taps }, (_, tap) => taps - 1 - tap));
  const turned = graph.node("Gather", [grouped, backwards], { axis: 3 });
  const exchanged = graph.node("Transpose", [turned], { perm: [0, 2, 1, 3] });
  return graph.node("Reshape", [exchanged, graph.integers([groups * channels, perGroup, height, width])]);
}

/**
 * One matrix product over all pixels of the batch, `[O, N·P] · [N·P, C·k²]`: the input is cut into one shifted, strided
 * copy a tap, channels first, so that each row holds what one weight was multiplied with.
 */
export const conv2dGradFilter: Lowering<"conv2dGradFilter"> = ({ inputs, attributes, output, shape }, context) => {
  const [input, gradient] = inputs as [string, string];
  const { graph } = context;
  const { groups, filterSize } = attributes;
  const [batch, channels] = context.shape(input) as readonly [number, number];
  const [, filters, ...size] = context.shape(gradient) as readonly [number, number, number, number];
  const pixels = batch * size[0] * size[1];
  const perGroup = { channels: channels / groups, filters: filters / groups };

  const channelsFirst = padded(graph.node("Transpose", [input], { perm: [1, 0, 2, 3] }), attributes.padding, context);
  const taps: string[] = [];
  for (let y = 0; y < filterSize[0]; y++) {
    for (let x = 0; x < filterSize[1]; x++) taps.push(tap(channelsFirst, [y, x], attributes, size, context));
  }
  const columns = taps.map((value) =>
    graph.node("Reshape", [value, graph.integers([groups, perGroup.channels, 1, pixels])]),
  );
  const gathered = columns.length === 1 ? (columns[0] as string) : graph.node("Concat", columns, { axis: 2 });
  const patches = graph.node("Reshape", [gathered, graph.integers([groups, perGroup.channels * taps.length, pixels])]);
  const gradientFirst = graph.node("Transpose", [gradient], { perm: [1, 0, 2, 3] });
  const gradients = graph.node("Reshape", [gradientFirst, graph.integers([groups, perGroup.filters, pixels])]);
  const products = Array.from({ length: groups }, (_, group) => {
    const left =
      groups === 1 ? matrix(gradients, [perGroup.filters, pixels], context) : part(gradients, group, context);
    const right =
      groups === 1
        ? matrix(patches, [perGroup.channels * taps.length, pixels], context)
        : part(patches, group, context);
    return graph.node("Gemm", [left, right], { transB: 1 });
  });
  const stacked = products.length === 1 ? (products[0] as string) : graph.node("Concat", products, { axis: 0 });
  graph.node("Reshape", [stacked, graph.integers(shape)], {}, output);
};

function matrix(value: string, shape: Shape, { graph }: LoweringContext): string {
  return graph.node("Reshape", [value, graph.integers(shape)]);
}

function part(value: string, group: number, { graph }: LoweringContext): string {
  return graph.node("Gather", [value, graph.integers([group], [])], { axis: 0 });
}

function padded(value: string, [top, left, bottom, right]: readonly number[], { graph }: LoweringContext): string {
  if (!top && !left && !bottom && !right) return value;
  return graph.node("Pad", [value, graph.integers([0, 0, top ?? 0, left ?? 0, 0, 0, bottom ?? 0, right ?? 0])]);
}

/** What one tap of the filter saw: every `stride`-th pixel of the padded input from its own offset on. */
function tap(
  value: string,
  offset: Pair,
  { stride, dilation }: ConvolutionAttributes,
  size: readonly number[],
  { graph }: LoweringContext,
): string {
  const start = offset.map((taps, axis) => taps * (dilation[axis] as number));
  const end = start.map((first, axis) => first + ((size[axis] as number) - 1) * (stride[axis] as number) + 1);
  return graph.node("Slice", [
    value,
    graph.integers(start),
    graph.integers(end),
    graph.integers([2, 3]),
    graph.integers(stride),
  ]);
}
