import { type Shape, sizeOf } from "../tensor.js";

/**
 * How a value lies on the ranks of a job. `whole`: each has all of it. `divided`: each has a part, all of the same size; seen as
 * `[before, ranks, after]` a rank has its own of the middle axis, so that with `before` 1 it has some of the first axis, and with the product of
 * the first axes some of the next. `partial`: the value is the sum of what the ranks have.
 */
export type Layout =
  | { readonly kind: "whole" }
  | { readonly kind: "divided"; readonly before: number }
  | { readonly kind: "partial" };

export const whole: Layout = { kind: "whole" };
export const partial: Layout = { kind: "partial" };

/** Divided along an axis of a shape. */
export function dividedAlong(shape: Shape, axis: number): Layout {
  return { kind: "divided", before: sizeOf(shape.slice(0, axis)) };
}

export function sameLayout(a: Layout, b: Layout): boolean {
  return a.kind === b.kind && (a.kind !== "divided" || a.before === (b as typeof a).before);
}

/**
 * The axis of a shape that a division cuts, and into how many runs that axis is cut first: 1 where a rank has neighbors of it. `undefined` where
 * it cuts none into equal parts.
 */
export function cutAxis(
  shape: Shape,
  before: number,
  ranks: number,
): { readonly axis: number; readonly runs: number } | undefined {
  let product = 1;
  for (const [axis, extent] of shape.entries()) {
    const runs = before / product;
    if (!Number.isInteger(runs) || runs < 1) return undefined;
    if (extent % (runs * ranks) === 0 && extent > 0) return { axis, runs };
    product *= extent;
  }
  return undefined;
}

/** The axis whose neighbors a rank has of a value in this layout; `undefined` for everything else. */
export function axisOf(layout: Layout, shape: Shape, ranks: number): number | undefined {
  if (layout.kind !== "divided") return undefined;
  const cut = cutAxis(shape, layout.before, ranks);
  return cut?.runs === 1 ? cut.axis : undefined;
}

/** Whether a value of this shape can lie so. */
export function canLie(layout: Layout, shape: Shape, ranks: number): boolean {
  return layout.kind !== "divided" || cutAxis(shape, layout.before, ranks) !== undefined;
}

/** The shape of what one rank has of a value; the layout is one it can lie in. */
export function localShape(shape: Shape, layout: Layout, ranks: number): Shape {
  if (layout.kind !== "divided") return shape;
  const { axis } = cutAxis(shape, layout.before, ranks)!;
  return shape.map((extent, index) => (index === axis ? extent / ranks : extent));
}
