import type { Kernel, OperationKind, Shape } from "@alexnet/core";

/** Computes one operation on row-major float64 arrays. */
export type ReferenceKernel<Kind extends OperationKind> = Kernel<Float64Array, Kind>;

/** The inputs of an operation that takes one, two or three of them. */
export type One = readonly [Float64Array];
export type Two = readonly [Float64Array, Float64Array];
export type Three = readonly [Float64Array, Float64Array, Float64Array];

/** A shape known to have four axes, `[N, C, H, W]` or `[O, C, kH, kW]`. */
export type Shape4 = readonly [number, number, number, number];

export type Matrix = readonly [rows: number, columns: number];

/** Product of the extents from axis `from` up to, not including, axis `to`. */
export function sizeBetween(shape: Shape, from: number, to = shape.length): number {
  return shape.slice(from, to).reduce((size, extent) => size * extent, 1);
}
