import { type ConvolutionAttributes, type Pair, type Shape, sizeOf } from "@alexnet/core";
import type { LoweringContext } from "../lowering/context.js";
import { exchanged, filterMatrix, type Tiles, tileCount, tilesOf } from "./axis.js";
import { cheapestPlan, isRegular, type Plan } from "./plan.js";

/*
 * Convolutions by Winograd's minimal filtering (Lavin and Gray, 2016) in standard operators. Images lie in the order
 * [y, x, N, C]: padding and all tiles of an axis are then one constant matrix, applied by a matrix product, and the
 * products over the channels are one batched matrix product, all without exchanging axes in between.
 */

/** Products held at once, in elements: more rows of tiles are done one after the other. */
const PRODUCT_LIMIT = 2 ** 24;

interface Convolution {
  /** Values of the program. */
  readonly input: string;
  readonly attributes: ConvolutionAttributes;
  readonly kernel: Pair;
  readonly inputShape: Shape;
  readonly outputShape: Shape;
}

/** The tiles of a convolution, if it is one for this algorithm, and cheaper by it. */
function planOf({ attributes, kernel, inputShape, outputShape }: Convolution): Plan | undefined {
  if (!isRegular(attributes, kernel)) return undefined;
  const [batch, channels, ...input] = inputShape as readonly [number, number, number, number];
  const [, filters, ...output] = outputShape as readonly [number, number, number, number];
  const { groups, padding } = attributes;
  return cheapestPlan({
    batch,
    channels: channels / groups,
    filters: filters / groups,
    input,
    kernel,
    padding,
    output,
  });
}

/** The convolution of a value `[N, C, H, W]` with filters `[O, C/groups, kH, kW]`, or nothing if that is not for it. */
export function winogradConvolution(
  convolution: Convolution & { readonly filter: string; readonly bias?: string | undefined; readonly output: string },
  context: LoweringContext,
): boolean {
  const plan = planOf(convolution);
  if (!plan) return false;
  const { filter, bias, output, attributes } = convolution;
  const { graph } = context;
  const parts = byGroup(attributes.groups, (group) => {
    const filters = transformedFilter(plan, filter, { group, groups: attributes.groups, turned: false }, context);
    return products(convolution, plan, group, filters, context);
  });
  const whole = parts.length === 1 ? (parts[0] as string) : graph.node("Concat", parts, { axis: 3 });
  const name = context.write(output, "spatial");
  if (bias === undefined) graph.node("Identity", [whole], {}, name);
  else graph.node("Add", [whole, bias], {}, name);
  return true;
}

/** The gradient of a convolution's input: the convolution of its output's gradient with the turned filters. */
export function winogradGradInput(
  {
    gradient,
    filter,
    output,
    attributes,
    kernel,
    gradientShape,
    shape,
  }: {
    readonly gradient: string;
    readonly filter: string;
    readonly output: string;
    readonly attributes: ConvolutionAttributes;
    readonly kernel: Pair;
    readonly gradientShape: Shape;
    readonly shape: Shape;
  },
  context: LoweringContext,
): boolean {
  const [top, left] = attributes.padding;
  const before = [kernel[0] - 1 - top, kernel[1] - 1 - left] as const;
  if (before.some((extent) => extent < 0)) return false;
  const turned = {
    input: gradient,
    attributes: { ...attributes, padding: [...before, 0, 0] as const },
    kernel,
    inputShape: gradientShape,
    outputShape: shape,
  };
  const plan = planOf(turned);
  if (!plan) return false;
  const { graph } = context;
  const parts = byGroup(attributes.groups, (group) => {
    const filters = transformedFilter(plan, filter, { group, groups: attributes.groups, turned: true }, context);
    return products(turned, plan, group, filters, context);
  });
  const whole = parts.length === 1 ? (parts[0] as string) : graph.node("Concat", parts, { axis: 3 });
  graph.node("Identity", [whole], {}, context.write(output, "spatial"));
  return true;
}

/** The gradient of a convolution's filters. */
export function winogradGradFilter(
  convolution: Convolution & { readonly gradient: string; readonly output: string },
  context: LoweringContext,
): boolean {
  const plan = planOf(convolution);
  if (!plan) return false;
  const { graph } = context;
  const { attributes, gradient, kernel, output } = convolution;
  const { groups } = attributes;
  const [vertical, horizontal] = plan;
  const points = [vertical.transform.points, horizontal.transform.points] as const;
  const parts = byGroup(groups, (group) => {
    const image = channelsOf(gradient, group, groups, context);
    const sums = rowsOfTiles(convolution, plan).map((rows) => {
      const seen = transformedInput(convolution, plan, group, rows, context);
      const moved = transformedGradient(image, convolution, plan, rows, context);
      const outer = graph.node("MatMul", [graph.node("Transpose", [seen], { perm: [0, 1, 2, 4, 3] }), moved]);
      return graph.node("ReduceSum", [outer, graph.integers([1])], { keepdims: 0 });
    });
    const sum = sums.length === 1 ? (sums[0] as string) : graph.node("Sum", sums);
    const flat = graph.node("Reshape", [sum, graph.integers([points[0] * points[1], -1])]);
    const matrix = filterMatrix(vertical.transform, horizontal.transform);
    const back = constant(exchanged(matrix, points[0] * points[1]), [sizeOf(kernel), points[0] * points[1]], context);
    const channels = (convolution.inputShape[1] as number) / groups;
    return graph.node("Reshape", [graph.node("MatMul", [back, flat]), graph.integers([...kernel, channels, -1])]);
  });
  graph.node("Concat", parts, { axis: 3 }, context.write(output, "taps"));
  return true;
}

/** The whole output of one group, [y, x, N, O]. */
function products(
  convolution: Convolution,
  plan: Plan,
  group: number,
  filters: string,
  context: LoweringContext,
): string {
  const { graph } = context;
  const [vertical, horizontal] = plan;
  const [batch] = convolution.inputShape as readonly [number];
  const outputs = (convolution.outputShape[1] as number) / convolution.attributes.groups;
  const columns = tilesOf(horizontal, 0, tileCount(horizontal));
  const wide = horizontal.transform.points * columns.count;
  const parts = rowsOfTiles(convolution, plan).map((rows) => {
    const tall = vertical.transform.points * rows.count;
    const product = graph.node("MatMul", [transformedInput(convolution, plan, group, rows, context), filters]);
    const tiles = graph.node("Reshape", [product, graph.integers([tall, wide, batch * outputs])]);
    const across = graph.node("MatMul", [constant(columns.inverse, [horizontal.outputs, wide], context), tiles]);
    const flat = graph.node("Reshape", [across, graph.integers([tall, horizontal.outputs * batch * outputs])]);
    const height = rows.writes[1] - rows.writes[0];
    const down = graph.node("MatMul", [constant(rows.inverse, [height, tall], context), flat]);
    return graph.node("Reshape", [down, graph.integers([height, horizontal.outputs, batch, outputs])]);
  });
  return parts.length === 1 ? (parts[0] as string) : graph.node("Concat", parts, { axis: 0 });
}

/** What some rows of tiles read, `Bᵀ d B`: [points, rows, points, tiles · N, C]. Shared by output and filter gradient. */
function transformedInput(
  { input, inputShape, attributes: { groups } }: Convolution,
  plan: Plan,
  group: number,
  rows: Tiles,
  context: LoweringContext,
): string {
  const { graph } = context;
  const [vertical, horizontal] = plan;
  const [batch, allChannels, height, width] = inputShape as readonly [number, number, number, number];
  const channels = allChannels / groups;
  const [from, to] = rows.reads;
  const columns = tilesOf(horizontal, 0, tileCount(horizontal));
  const key = [
    "seen",
    input,
    groups,
    group,
    from,
    to,
    rows.writes,
    ...plan.map(({ transform, padding, outputs }) => [transform.outputs, transform.taps, padding, outputs]),
  ];
  return context.once(JSON.stringify(key), () => {
    const image = rowsOf(channelsOf(input, group, groups, context), rows.reads, height, context);
    const flat = graph.node("Reshape", [image, graph.integers([to - from, width * batch * channels])]);
    const tall = vertical.transform.points * rows.count;
    const down = graph.node("MatMul", [constant(rows.input, [tall, to - from], context), flat]);
    const lines = graph.node("Reshape", [down, graph.integers([tall, width, batch * channels])]);
    const wide = horizontal.transform.points * columns.count;
    const across = graph.node("MatMul", [
      constant(columns.input, [wide, columns.reads[1] - columns.reads[0]], context),
      rowsOf(lines, columns.reads, width, context, 1),
    ]);
    const shape = [vertical.transform.points, rows.count, horizontal.transform.points, columns.count * batch, channels];
    return graph.node("Reshape", [across, graph.integers(shape)]);
  });
}

/** What an output's gradient means to the products of some rows of tiles, `A d Aᵀ`: [points, rows, points, tiles · N, O]. */
function transformedGradient(
  image: string,
  { outputShape, attributes: { groups } }: Convolution,
  [vertical, horizontal]: Plan,
  rows: Tiles,
  context: LoweringContext,
): string {
  const { graph } = context;
  const [batch, allFilters, height, width] = outputShape as readonly [number, number, number, number];
  const filters = allFilters / groups;
  const [from, to] = rows.writes;
  const columns = tilesOf(horizontal, 0, tileCount(horizontal));
  const tall = vertical.transform.points * rows.count;
  const wide = horizontal.transform.points * columns.count;
  const flat = graph.node("Reshape", [
    rowsOf(image, rows.writes, height, context),
    graph.integers([to - from, width * batch * filters]),
  ]);
  const down = graph.node("MatMul", [constant(exchanged(rows.inverse, to - from), [tall, to - from], context), flat]);
  const lines = graph.node("Reshape", [down, graph.integers([tall, width, batch * filters])]);
  const across = graph.node("MatMul", [constant(exchanged(columns.inverse, width), [wide, width], context), lines]);
  const shape = [vertical.transform.points, rows.count, horizontal.transform.points, columns.count * batch, filters];
  return graph.node("Reshape", [across, graph.integers(shape)]);
}

/** Filters of one group, `G g Gᵀ`: [points, 1, points, C, O]; turned and with channels exchanged, [points, 1, points, O, C]. */
function transformedFilter(
  [vertical, horizontal]: Plan,
  filter: string,
  { group, groups, turned }: { readonly group: number; readonly groups: number; readonly turned: boolean },
  context: LoweringContext,
): string {
  const { graph, once } = context;
  const [vertically, horizontally] = [vertical.transform, horizontal.transform];
  const key = ["filter", filter, group, vertically.outputs, horizontally.outputs, turned];
  return once(JSON.stringify(key), () => {
    const [allFilters, channels, ...kernel] = context.shape(filter) as readonly [number, number, number, number];
    const filters = allFilters / groups;
    const all = context.read(filter, "taps");
    const own = groups === 1 ? all : slice(all, 3, [group * filters, (group + 1) * filters], context);
    const taps = graph.node("Reshape", [own, graph.integers([sizeOf(kernel), channels * filters])]);
    const points = [vertically.points, horizontally.points] as const;
    const matrix = graph.constant(filterMatrix(vertically, horizontally, turned), [
      points[0] * points[1],
      sizeOf(kernel),
    ]);
    const transformed = graph.node("Reshape", [
      graph.node("MatMul", [matrix, taps]),
      graph.integers([points[0], 1, points[1], channels, filters]),
    ]);
    return turned ? graph.node("Transpose", [transformed], { perm: [0, 1, 2, 4, 3] }) : transformed;
  });
}

/** As many rows of tiles at a time as keep the products within the limit. */
function rowsOfTiles(
  { inputShape: [batch], outputShape, attributes: { groups } }: Convolution,
  [vertical, horizontal]: Plan,
): readonly Tiles[] {
  const count = tileCount(vertical);
  const row =
    vertical.transform.points *
    horizontal.transform.points *
    tileCount(horizontal) *
    (batch as number) *
    ((outputShape[1] as number) / groups);
  const atOnce = Math.max(1, Math.floor(PRODUCT_LIMIT / row));
  const parts = Math.ceil(count / atOnce);
  const size = Math.ceil(count / parts);
  return Array.from({ length: Math.ceil(count / size) }, (_, index) =>
    tilesOf(vertical, index * size, Math.min(size, count - index * size)),
  );
}

/** The channels of one group of a value, [y, x, N, C/groups]. */
function channelsOf(value: string, group: number, groups: number, context: LoweringContext): string {
  const spatial = context.read(value, "spatial");
  if (groups === 1) return spatial;
  const width = (context.shape(value)[1] as number) / groups;
  return context.once(JSON.stringify(["channels", value, groups, group]), () =>
    slice(spatial, 3, [group * width, (group + 1) * width], context),
  );
}

function rowsOf(
  value: string,
  range: readonly [number, number],
  extent: number,
  context: LoweringContext,
  axis = 0,
): string {
  return range[0] === 0 && range[1] === extent ? value : slice(value, axis, range, context);
}

function slice(value: string, axis: number, [from, to]: readonly [number, number], { graph }: LoweringContext): string {
  return graph.node("Slice", [value, ...[from, to, axis].map((bound) => graph.integers([bound]))]);
}

/** A constant matrix, shared with every other use of it. */
function constant(matrix: Float32Array, shape: Shape, { graph, once }: LoweringContext): string {
  return once(JSON.stringify(["matrix", shape, Array.from(matrix)]), () => graph.constant(matrix, shape));
}

function byGroup(groups: number, make: (group: number) => string): readonly string[] {
  return Array.from({ length: groups }, (_, group) => make(group));
}
