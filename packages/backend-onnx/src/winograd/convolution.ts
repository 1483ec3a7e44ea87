import type { Shape4 } from "@alexnet/core";
import type { ConvolutionAttributes, Pair } from "@alexnet/core/program";
import type { LoweringContext } from "../lowering/context.js";
import { OPEN_EXTENT } from "../onnx/graph.js";
import { exchanged, filterMatrix, type Tiles, tileCount, tilesOf } from "./axis.js";
import { cheapestPlan, isRegular, type Plan } from "./plan.js";
import {
  along,
  type Convolution,
  channelsOf,
  constant,
  transformedFilter,
  transformedGradient,
  transformedInput,
} from "./transforms.js";

/*
 * Convolutions by Winograd's minimal filtering (Lavin and Gray, 2016) in standard operators. Images lie in the order
 * [y, x, N, C]: padding and all tiles of an axis are then one constant matrix, applied by a matrix product, and the
 * products over the channels are one batched matrix product, all without exchanging axes in between.
 */

/** Products held at once, in elements: more rows of tiles are done one after the other. */
const PRODUCT_LIMIT = 2 ** 24;

/** The tiles of a convolution, if it may go by this algorithm, is one for it, and cheaper by it. */
function planOf(
  { attributes, kernel, inputShape, outputShape }: Convolution,
  context: LoweringContext,
): Plan | undefined {
  if (context.convolution !== "winograd" || !isRegular(attributes, kernel)) return undefined;
  const [batch, channels, ...input] = inputShape;
  const [, filters, ...output] = outputShape;
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
  const plan = planOf(convolution, context);
  if (!plan) return false;
  const { filter, bias, output } = convolution;
  const { graph } = context;
  const whole = convolved(convolution, plan, { filter, turned: false }, context);
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
    readonly gradientShape: Shape4;
    readonly shape: Shape4;
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
  const plan = planOf(turned, context);
  if (!plan) return false;
  const whole = convolved(turned, plan, { filter, turned: true }, context);
  context.graph.node("Identity", [whole], {}, context.write(output, "spatial"));
  return true;
}

/** The gradient of a convolution's filters. */
export function winogradGradFilter(
  convolution: Convolution & { readonly gradient: string; readonly output: string },
  context: LoweringContext,
): boolean {
  const plan = planOf(convolution, context);
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
    const sum = sums.length === 1 ? sums[0]! : graph.node("Sum", sums);
    const flat = graph.node("Reshape", [sum, graph.integers([points[0] * points[1], -1])]);
    const matrix = filterMatrix(vertical.transform, horizontal.transform);
    const back = constant(exchanged(matrix, points[0] * points[1]), points[0] * points[1], context);
    const channels = convolution.inputShape[1] / groups;
    return graph.node("Reshape", [graph.node("MatMul", [back, flat]), graph.integers([...kernel, channels, -1])]);
  });
  graph.node("Concat", parts, { axis: 3 }, context.write(output, "taps"));
  return true;
}

/** The output of all groups, [y, x, N, O], by the filters as they are, or turned and with channels exchanged. */
function convolved(
  convolution: Convolution,
  plan: Plan,
  { filter, turned }: { readonly filter: string; readonly turned: boolean },
  context: LoweringContext,
): string {
  const { groups } = convolution.attributes;
  const parts = byGroup(groups, (group) => {
    const filters = transformedFilter(plan, filter, { group, groups, turned }, context);
    return products(convolution, plan, group, filters, context);
  });
  return parts.length === 1 ? parts[0]! : context.graph.node("Concat", parts, { axis: 3 });
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
  const outputs = convolution.outputShape[1] / convolution.attributes.groups;
  const columns = tilesOf(horizontal, 0, tileCount(horizontal));
  const wide = horizontal.transform.points * columns.count;
  const parts = rowsOfTiles(convolution, plan).map((rows) => {
    const tall = vertical.transform.points * rows.count;
    const product = graph.node("MatMul", [transformedInput(convolution, plan, group, rows, context), filters]);
    const tiles = graph.node("Reshape", [product, graph.integers([tall, wide, OPEN_EXTENT])]);
    const across = graph.node("MatMul", [constant(columns.inverse, wide, context), tiles]);
    const down = along(across, rows.inverse, [tall, horizontal.outputs], context);
    const height = rows.writes[1] - rows.writes[0];
    return graph.node("Reshape", [down, graph.integers([height, horizontal.outputs, OPEN_EXTENT, outputs])]);
  });
  return parts.length === 1 ? parts[0]! : graph.node("Concat", parts, { axis: 0 });
}

/** As many rows of tiles at a time as keep the products within the limit. */
function rowsOfTiles(
  { inputShape: [batch, channels], outputShape: [, filters], attributes: { groups } }: Convolution,
  [vertical, horizontal]: Plan,
): readonly Tiles[] {
  const count = tileCount(vertical);
  const row =
    vertical.transform.points *
    horizontal.transform.points *
    tileCount(horizontal) *
    batch *
    (Math.max(channels, filters) / groups);
  const atOnce = Math.max(1, Math.floor(PRODUCT_LIMIT / row));
  const parts = Math.ceil(count / atOnce);
  const size = Math.ceil(count / parts);
  return Array.from({ length: Math.ceil(count / size) }, (_, index) =>
    tilesOf(vertical, index * size, Math.min(size, count - index * size)),
  );
}

function byGroup(groups: number, make: (group: number) => string): readonly string[] {
  return Array.from({ length: groups }, (_, group) => make(group));
}
