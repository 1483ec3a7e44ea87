import { type Shape4, sizeOf } from "@alexnet/core";
import type { ConvolutionAttributes, Pair } from "@alexnet/core/program";
import type { LoweringContext } from "../lowering/context.js";
import { OPEN_EXTENT } from "../onnx/graph.js";
import { exchanged, filterMatrix, type Tiles, tileCount, tilesOf } from "./axis.js";
import type { Plan } from "./plan.js";

/** A convolution of the program. */
export interface Convolution {
  readonly input: string;
  readonly attributes: ConvolutionAttributes;
  readonly kernel: Pair;
  readonly inputShape: Shape4;
  readonly outputShape: Shape4;
}

/**
 * What some rows of tiles read, `Bᵀ d B`: [points, rows, points, tiles · N, C]. Output and filter gradient share it where
 * all rows are done at once; where they are too much for that, they are too much to be kept from one to the other.
 */
export function transformedInput(
  { input, inputShape, attributes: { groups } }: Convolution,
  plan: Plan,
  group: number,
  rows: Tiles,
  context: LoweringContext,
): string {
  const { graph } = context;
  const [vertical, horizontal] = plan;
  const [, allChannels, height, width] = inputShape;
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
  const make = (): string => {
    const image = rowsOf(channelsOf(input, group, groups, context), rows.reads, height, context);
    const lines = along(image, rows.input, [to - from, width], context);
    const across = graph.node("MatMul", [
      constant(columns.input, columns.reads[1] - columns.reads[0], context),
      rowsOf(lines, columns.reads, width, context, 1),
    ]);
    const shape = [vertical.transform.points, rows.count, horizontal.transform.points, OPEN_EXTENT, channels];
    return graph.node("Reshape", [across, graph.integers(shape)]);
  };
  return rows.count === tileCount(vertical) ? context.once(JSON.stringify(key), make) : make();
}

/** What an output's gradient means to the products of some rows of tiles, `A d Aᵀ`: [points, rows, points, tiles · N, O]. */
export function transformedGradient(
  image: string,
  { outputShape, attributes: { groups } }: Convolution,
  [vertical, horizontal]: Plan,
  rows: Tiles,
  context: LoweringContext,
): string {
  const { graph } = context;
  const [, allFilters, height, width] = outputShape;
  const filters = allFilters / groups;
  const [from, to] = rows.writes;
  const columns = tilesOf(horizontal, 0, tileCount(horizontal));
  const part = rowsOf(image, rows.writes, height, context);
  const lines = along(part, exchanged(rows.inverse, to - from), [to - from, width], context);
  const across = graph.node("MatMul", [constant(exchanged(columns.inverse, width), width, context), lines]);
  const shape = [vertical.transform.points, rows.count, horizontal.transform.points, OPEN_EXTENT, filters];
  return graph.node("Reshape", [across, graph.integers(shape)]);
}

/** Filters of one group, `G g Gᵀ`: [points, 1, points, C, O]; turned and with channels exchanged, [points, 1, points, O, C]. */
export function transformedFilter(
  [vertical, horizontal]: Plan,
  filter: string,
  { group, groups, turned }: { readonly group: number; readonly groups: number; readonly turned: boolean },
  context: LoweringContext,
): string {
  const { graph, once } = context;
  const [vertically, horizontally] = [vertical.transform, horizontal.transform];
  const key = ["filter", filter, group, vertically.outputs, horizontally.outputs, turned];
  return once(JSON.stringify(key), () => {
    const [allFilters, channels, ...kernel] = context.shape4(filter);
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

/** The channels of one group of a value, [y, x, N, C/groups]. */
export function channelsOf(value: string, group: number, groups: number, context: LoweringContext): string {
  const spatial = context.read(value, "spatial");
  if (groups === 1) return spatial;
  const width = context.shape4(value)[1] / groups;
  return context.once(JSON.stringify(["channels", value, groups, group]), () =>
    slice(spatial, 3, [group * width, (group + 1) * width], context),
  );
}

/** A matrix applied along the first of three axes. */
export function along(
  value: string,
  matrix: Float32Array,
  [rows, columns]: readonly [number, number],
  context: LoweringContext,
): string {
  const { graph } = context;
  const flat = graph.node("Reshape", [value, graph.integers([rows, OPEN_EXTENT])]);
  const product = graph.node("MatMul", [constant(matrix, rows, context), flat]);
  return graph.node("Reshape", [product, graph.integers([matrix.length / rows, columns, OPEN_EXTENT])]);
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
export function constant(matrix: Float32Array, columns: number, { graph, once }: LoweringContext): string {
  const shape = [matrix.length / columns, columns];
  return once(JSON.stringify(["matrix", shape, Array.from(matrix)]), () => graph.constant(matrix, shape));
}
