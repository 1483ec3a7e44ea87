import type { Shape } from "@alexnet/core";
import type { Kernel } from "@alexnet/core/backend";
import type { OperationKind } from "@alexnet/core/program";

/** Computes one operation on row-major float64 arrays. */
export type ReferenceKernel<Kind extends OperationKind> = Kernel<Float64Array, Kind>;

/** Product of the extents from axis `from` up to, not including, axis `to`. */
export function sizeBetween(shape: Shape, from: number, to = shape.length): number {
  return shape.slice(from, to).reduce((size, extent) => size * extent, 1);
}
