import type { ConvolutionAttributes, OperationOf, Pair } from "@alexnet/core/program";
import { type GraphBuilder, OPEN_EXTENT } from "../onnx/graph.js";
import { winogradConvolution, winogradGradFilter, winogradGradInput } from "../winograd/convolution.js";
import type { Lowering, LoweringContext } from "./context.js";

/** A convolution as one `Conv`, with the bias that follows it if there is one. */
export function convolution(
  { inputs, attributes, shape: outputShape }: OperationOf<"conv2d">,
  bias: string | undefined,
  output: string,
  context: LoweringContext,
): void {
  const { graph, shape4 } = context;
  const { stride, padding, dilation, groups } = attributes;
  const [input, filter] = inputs;
  const [, , ...kernel] = shape4(filter);
  if (
    winogradConvolution(
      { input, filter, bias, output, attributes, kernel, inputShape: shape4(input), outputShape },
      context,
    )
  ) {
    return;
  }
  const image = context.read(input, "channels");
  const weights = context.read(filter, "channels");
  const operands = bias === undefined ? [image, weights] : [image, weights, bias];
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
  const [gradient, filter] = inputs;
  const { graph } = context;
  const { stride, dilation, padding, groups, inputSize } = attributes;
  const [, , ...kernel] = context.shape4(filter);
  if (
    winogradGradInput(
      { gradient, filter, output, attributes, kernel, gradientShape: context.shape4(gradient), shape: operation.shape },
      context,
    )
  ) {
    return;
  }
  const reach = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)] as const;
  const turnedPadding = [reach[0] - padding[0], reach[1] - padding[1], reach[0] - padding[2], reach[1] - padding[3]];
  if (stride[0] === 1 && stride[1] === 1 && turnedPadding.every((extent) => extent >= 0)) {
    const turned = turnedFilter(filter, groups, context);
    const settings = { kernel_shape: kernel, strides: [1, 1], pads: turnedPadding, dilations: dilation, group: groups };
    graph.node("Conv", [context.read(gradient, "channels"), turned], settings, output);
    return;
  }
  const [, , ...gradientSize] = context.shape4(gradient);
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
  graph.node("ConvTranspose", [context.read(gradient, "channels"), context.read(filter, "channels")], settings, output);
};

/** `[O, C/groups, kH, kW]` to `[C, O/groups, kH, kW]`, each filter turned by half a turn. */
function turnedFilter(filter: string, groups: number, { graph, shape4, read }: LoweringContext): string {
  const [filters, channels, height, width] = shape4(filter);
  const taps = height * width;
  const perGroup = filters / groups;
  const grouped = graph.node("Reshape", [read(filter, "channels"), graph.integers([groups, perGroup, channels, taps])]);
  const backwards = graph.integers(Array.from({ length: taps }, (_, tap) => taps - 1 - tap));
  const turned = graph.node("Gather", [grouped, backwards], { axis: 3 });
  const exchanged = graph.node("Transpose", [turned], { perm: [0, 2, 1, 3] });
  return graph.node("Reshape", [exchanged, graph.integers([groups * channels, perGroup, height, width])]);
}

/** Columns of patches held at once by a filter gradient, in elements; 64 MiB. */
const PATCH_LIMIT = 2 ** 24;

/**
 * Matrix products over all pixels of the batch, `[O, N·P] · [N·P, C·taps]`: the input is cut into one shifted, strided
 * copy a tap, channels first, so that each row holds what one weight was multiplied with. The copies of a 5x5 filter take
 * 25 times the room of the input, so only as many rows of the filter are done at once as fit into `PATCH_LIMIT`.
 */
export const conv2dGradFilter: Lowering<"conv2dGradFilter"> = ({ inputs, attributes, output, shape }, context) => {
  const [input, gradient] = inputs;
  const { graph } = context;
  const { groups, filterSize } = attributes;
  if (
    winogradGradFilter(
      {
        input,
        gradient,
        output,
        attributes,
        kernel: filterSize,
        inputShape: context.shape4(input),
        outputShape: context.shape4(gradient),
      },
      context,
    )
  ) {
    return;
  }
  const [batch, channels] = context.shape4(input);
  const [, filters, ...size] = context.shape4(gradient);
  const layout: Layout = {
    groups,
    channels: channels / groups,
    filters: filters / groups,
  };
  const pixels = batch * size[0] * size[1];
  const planes = planesOf(input, attributes, filterSize, size, context);
  const gradientFirst = graph.node("Transpose", [context.read(gradient, "channels")], { perm: [1, 0, 2, 3] });
  const beyond = planes.columns - size[1];
  const widened =
    beyond === 0 ? gradientFirst : graph.node("Pad", [gradientFirst, graph.integers([0, 0, 0, 0, 0, 0, 0, beyond])]);
  const gradients = split(widened, layout.filters, layout, context);
  const rowsAtOnce = Math.max(1, Math.floor(PATCH_LIMIT / (channels * filterSize[1] * pixels)));

  const parts: string[] = [];
  for (let first = 0; first < filterSize[0]; first += rowsAtOnce) {
    const taps: string[] = [];
    for (let y = first; y < Math.min(first + rowsAtOnce, filterSize[0]); y++) {
      for (let x = 0; x < filterSize[1]; x++) taps.push(tap(planes, [y, x], attributes, size, context));
    }
    parts.push(tapsGradient(taps, gradients, layout, context));
  }
  const whole = joined(parts, 2, graph);
  graph.node("Reshape", [whole, graph.integers(shape)], {}, output);
};

/** Extents of a filter gradient; channels and filters are those of one group. */
interface Layout {
  readonly groups: number;
  readonly channels: number;
  readonly filters: number;
}

/** The gradient of some taps, `[O, C/groups, taps]`, from what each of them saw, `[C, N, H', W']`. */
function tapsGradient(
  taps: readonly string[],
  gradients: readonly string[],
  layout: Layout,
  context: LoweringContext,
): string {
  const { graph } = context;
  const { groups, channels, filters } = layout;
  const columns = taps.map((value) =>
    graph.node("Reshape", [value, graph.integers([groups * channels, 1, OPEN_EXTENT])]),
  );
  const gathered = joined(columns, 1, graph);
  const patches = split(gathered, channels * taps.length, layout, context);
  const products = gradients.map((gradient, group) => graph.node("Gemm", [gradient, patches[group]!], { transB: 1 }));
  const stacked = joined(products, 0, graph);
  return graph.node("Reshape", [stacked, graph.integers([groups * filters, channels, taps.length])]);
}

/** The parts side by side along an axis. */
function joined(parts: readonly string[], axis: number, graph: GraphBuilder): string {
  const [first, ...others] = parts;
  return first !== undefined && others.length === 0 ? first : graph.node("Concat", parts, { axis });
}

/** One matrix `[rows, pixels]` a group. */
function split(value: string, rows: number, { groups }: Layout, { graph }: LoweringContext): readonly string[] {
  if (groups === 1) return [graph.node("Reshape", [value, graph.integers([rows, OPEN_EXTENT])])];
  const grouped = graph.node("Reshape", [value, graph.integers([groups, rows, OPEN_EXTENT])]);
  return Array.from({ length: groups }, (_, group) =>
    graph.node("Gather", [grouped, graph.integers([group], [])], { axis: 0 }),
  );
}

/** The input by the remainders of its rows and columns by the stride, for taps to be cut out of. */
interface Planes {
  /** `[sH, sW, C, N, rows · columns]`, one row more than any tap reaches. */
  readonly value: string;
  readonly columns: number;
}

/**
 * What a tap sees lies together there, so that a `Slice` copies it in one piece an image, several times faster than every
 * fourth pixel. The piece goes on to the ends of the rows, where the tap sees nothing: the gradient is zero there.
 */
function planesOf(
  input: string,
  { stride, dilation, padding }: ConvolutionAttributes,
  filterSize: Pair,
  size: Pair,
  { graph, read, shape4 }: LoweringContext,
): Planes {
  const [, channels, ...image] = shape4(input);
  const strides = (axis: 0 | 1): number => {
    const reached = stride[axis] * (size[axis] - 1) + dilation[axis] * (filterSize[axis] - 1) + 1;
    return Math.ceil(reached / stride[axis]);
  };
  const [rows, columns] = [strides(0) + 1, strides(1)];
  // Rows and columns that no tap reaches are cut off: a padding of less than none.
  const after = [rows * stride[0] - image[0] - padding[0], columns * stride[1] - image[1] - padding[1]];
  const pads = [0, 0, padding[0], padding[1], 0, 0, ...after];
  const whole = graph.node("Pad", [read(input, "channels"), graph.integers(pads)]);
  const planes = byRemainder(whole, [channels, rows, columns], stride, graph);
  const flat = graph.integers([...stride, channels, OPEN_EXTENT, rows * columns]);
  return { value: graph.node("Reshape", [planes, flat]), columns };
}

/** Images `[N, C, rows · sH, columns · sW]` as `[sH, sW, C, N, rows, columns]`, the leading axes perhaps as one. */
function byRemainder(
  images: string,
  [channels, rows, columns]: readonly [number, number, number],
  stride: Pair,
  graph: GraphBuilder,
): string {
  if (stride[0] === stride[1]) {
    // Twice as fast as the general way.
    const apart = stride[0] === 1 ? images : graph.node("SpaceToDepth", [images], { blocksize: stride[0] });
    return graph.node("Transpose", [apart], { perm: [1, 0, 2, 3] });
  }
  const split = graph.integers([OPEN_EXTENT, channels, rows, stride[0], columns, stride[1]]);
  return graph.node("Transpose", [graph.node("Reshape", [images, split])], { perm: [3, 5, 1, 0, 2, 4] });
}

/** What one tap of the filter saw, `[1, 1, C, N, H' · columns]`. */
function tap(
  { value, columns }: Planes,
  offset: Pair,
  { stride, dilation }: ConvolutionAttributes,
  [height]: Pair,
  { graph }: LoweringContext,
): string {
  const [y, x] = [offset[0] * dilation[0], offset[1] * dilation[1]];
  const plane = [y % stride[0], x % stride[1]];
  const first = Math.floor(y / stride[0]) * columns + Math.floor(x / stride[1]);
  return graph.node("Slice", [
    value,
    graph.integers([...plane, first]),
    graph.integers([...plane.map((remainder) => remainder + 1), first + height * columns]),
    graph.integers([0, 1, 4]),
  ]);
}
