import { type Shape, sizeOf } from "@alexnet/core";
import type { MaxPoolAttributes, Operation, Pair } from "@alexnet/core/program";
import { type GraphBuilder, OPEN_EXTENT } from "../onnx/graph.js";
import type { LoweringContext } from "./context.js";

/*
 * Max-pooling of images in the order [H, W, N, C]: along each row of pixels first and then down the columns, every step
 * one elementwise maximum of shifted, strided slices. `Max` lets NaN through, and a pixel's channels lie together, so that
 * all of it moves in large pieces.
 */

/** One axis of a pooling. */
interface Axis {
  readonly axis: 0 | 1;
  readonly window: number;
  readonly stride: number;
  readonly outputs: number;
}

/** The image with its padding, and both axes of the pooling. */
interface Geometry {
  readonly padded: Pair;
  readonly padding: MaxPoolAttributes["padding"];
  readonly rows: Axis;
  readonly columns: Axis;
}

function geometryOf({ window, stride, padding }: MaxPoolAttributes, image: Shape, pooled: Shape): Geometry {
  const [top, left, bottom, right] = padding;
  const axis = (index: 0 | 1): Axis => ({
    axis: index,
    window: window[index],
    stride: stride[index],
    outputs: pooled[2 + index]!,
  });
  return {
    padded: [image[2]! + top + bottom, image[3]! + left + right],
    padding,
    rows: axis(0),
    columns: axis(1),
  };
}

/** What a pooling makes: [H', W', N · C] both. */
interface Maxima {
  readonly pooled: string;
  /** Pixel of the padded image in which each maximum is, the first where there are several. */
  readonly pixels: string | undefined;
}

/** The maxima, and where they are if asked for. */
function maximaOf(image: string, geometry: Geometry, located: boolean, context: LoweringContext): Maxima {
  const { graph, onNaN } = context;
  const { padded, padding, rows, columns } = geometry;
  const [top, left, bottom, right] = padding;
  const flat = graph.node("Reshape", [
    image,
    graph.integers([padded[0] - top - bottom, padded[1] - left - right, OPEN_EXTENT]),
  ]);
  const whole = padding.every((extent) => extent === 0)
    ? flat
    : graph.node("Pad", [
        flat,
        graph.integers([top, left, 0, bottom, right, 0]),
        graph.number(Number.NEGATIVE_INFINITY),
      ]);
  const across = largest(whole, columns, graph);
  const down = largest(across.value, rows, graph);
  if (!located) return { pooled: down.value, pixels: undefined };
  const column = firstOf(across, (tap) => graph.integers([tap], [], "int32"), graph);
  const pixel = firstOf(
    down,
    (tap) => {
      const offset = graph.integers([tap * padded[1]], [], "int32");
      return graph.node("Add", [slice(column, rows, tap, graph), offset]);
    },
    graph,
  );
  const corners = Array.from({ length: rows.outputs * columns.outputs }, (_, window) => {
    const [y, x] = [Math.floor(window / columns.outputs), window % columns.outputs];
    return y * rows.stride * padded[1] + x * columns.stride;
  });
  const corner = graph.integers(corners, [rows.outputs, columns.outputs, 1], "int32");
  const pixels = graph.node("Add", [pixel, corner]);
  if (onNaN === "propagate") return { pooled: down.value, pixels };
  // The maxima are taken from where they are: so the engine finds out early, and keeps nothing else for the gradient.
  if (onNaN === "tell") context.tellNaN(down.value);
  const lists = [whole, pixels].map((value, index) =>
    graph.node("Reshape", [
      value,
      graph.integers([index === 0 ? sizeOf(padded) : rows.outputs * columns.outputs, OPEN_EXTENT]),
    ]),
  );
  return { pooled: graph.node("GatherElements", lists, { axis: 0 }), pixels };
}

/** The maximum along an axis, and the taps of the window it is the maximum of. */
interface Largest {
  readonly value: string;
  readonly taps: readonly string[];
}

function largest(value: string, axis: Axis, graph: GraphBuilder): Largest {
  const taps = Array.from({ length: axis.window }, (_, tap) => slice(value, axis, tap, graph));
  return { value: graph.node("Max", taps), taps };
}

/** What is made of the first tap that is the maximum; the last one needs no look. */
function firstOf({ value, taps }: Largest, make: (tap: number) => string, graph: GraphBuilder): string {
  return taps
    .slice(0, -1)
    .reduceRight(
      (later, tap, index) => graph.node("Where", [graph.node("Equal", [tap, value]), make(index), later]),
      make(taps.length - 1),
    );
}

/** What one tap of the windows sees. */
function slice(value: string, { axis, stride, outputs }: Axis, tap: number, graph: GraphBuilder): string {
  const end = tap + (outputs - 1) * stride + 1;
  return graph.node("Slice", [value, ...[tap, end, axis, stride].map((bound) => graph.integers([bound]))]);
}

/**
 * Writes the pooling of an image that is there in spatial order, and keeps where the maxima are under the key if a gradient
 * will ask for it.
 */
export function spatialMaxPool(
  { inputs, output, attributes, shape }: Operation<"maxPool">,
  key: string | undefined,
  context: LoweringContext,
): void {
  const { graph } = context;
  const [input] = inputs;
  const geometry = geometryOf(attributes, context.shape(input), shape);
  const { pooled, pixels } = maximaOf(context.read(input, "spatial"), geometry, key !== undefined, context);
  if (key !== undefined) context.once(key, () => pixels!);
  const target = graph.integers([shape[2], shape[3], OPEN_EXTENT, shape[1]]);
  graph.node("Reshape", [pooled, target], {}, context.write(output, "spatial"));
}

/** Adds each window's gradient to the pixel of its maximum. */
export function spatialMaxPoolGrad(
  [input, gradient]: readonly [string, string],
  output: string,
  attributes: MaxPoolAttributes,
  key: string,
  context: LoweringContext,
): void {
  const { graph } = context;
  const shape = context.shape4(input);
  const geometry = geometryOf(attributes, shape, context.shape4(gradient));
  const { padded, padding, rows, columns } = geometry;
  const pixels = context.once(key, () => maximaOf(context.read(input, "spatial"), geometry, true, context).pixels!);
  const [batch, channels, height, width] = shape;
  const zeros = graph.node("ConstantOfShape", [graph.integers([sizeOf(padded), batch * channels])]);
  const windows = graph.integers([rows.outputs * columns.outputs, OPEN_EXTENT]);
  const [places, shares] = [pixels, context.read(gradient, "spatial")].map((value) =>
    graph.node("Reshape", [value, windows]),
  );
  const scattered = graph.node("ScatterElements", [zeros, places!, shares!], {
    axis: 0,
    reduction: "add",
  });
  const target = graph.integers([...padded, OPEN_EXTENT, channels]);
  const name = context.write(output, "spatial");
  if (padding.every((extent) => extent === 0)) {
    graph.node("Reshape", [scattered, target], {}, name);
    return;
  }
  const whole = graph.node("Reshape", [scattered, target]);
  const [top, left] = padding;
  const bounds = [
    [top, left],
    [top + height, left + width],
    [0, 1],
  ].map((each) => graph.integers(each));
  graph.node("Slice", [whole, ...bounds], {}, name);
}
