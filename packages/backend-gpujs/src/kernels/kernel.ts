import type { Shape } from "@alexnet/core";
import type { ChannelShape, InputsOf, OperationInputs, OperationKind, OperationOf } from "@alexnet/core/program";

/*
 * What gpu.js lets a kernel read. A kernel is written in JavaScript, computes one cell of its output, and is translated
 * by gpu.js from its source text: it may use its arguments, `this.thread`, `this.constants` and `Math`, nothing else.
 *
 * gpu.js divides in float32, and WebGPU lets a quotient be off by 2.5 units in the last place: 6 / 3 may be a little less
 * than 2. So the kernels divide whole numbers as `Math.floor((n + 0.25) / d)`, which is right for n up to 800,000 on WebGPU
 * and up to 2^24 where division rounds correctly.
 */

/** `this` inside a kernel: the cell it computes, and numbers fixed when it was compiled. */
export interface Thread<Constants = unknown> {
  readonly thread: { readonly x: number; readonly y: number; readonly z: number };
  readonly constants: Constants;
}

/** A one-dimensional argument, `v[x]`. */
export type Vector = readonly number[];
/** A two-dimensional argument, `m[y][x]`. */
export type Matrix = readonly Vector[];
/** A three-dimensional argument, `v[z][y][x]`. */
export type Volume = readonly Matrix[];
/** Four neighboring results of one thread. */
export type Quad = [number, number, number, number];

/** Extents innermost first, as gpu.js counts: `[x]`, `[x, y]` or `[x, y, z]`. */
export type Extents = readonly [number] | readonly [number, number] | readonly [number, number, number];

// biome-ignore lint/suspicious/noExplicitAny: only gpu.js knows what it will call a kernel with.
export type KernelSource = (this: any, ...inputs: any[]) => number | Quad;

/** How a kernel is to be run. */
export interface Launch {
  readonly output: Extents;
  /** Whole numbers the kernel reads from `this.constants`. */
  readonly integers?: Readonly<Record<string, number>>;
  /** Other numbers it reads from there. */
  readonly floats?: Readonly<Record<string, number>>;
}

/** A tensor where the mode keeps it: a `Float32Array` in row-major order, or a buffer of the device. */
export type Values = object;

/** Values and the extents by which a kernel indexes them. */
export type Argument = readonly [values: Values, extents: Extents];

/** Runs a kernel; compiled at the first run of the operation and kept with it. */
export type Run = (kernel: KernelSource, launch: Launch, inputs: readonly Argument[]) => Promise<Values>;

/** Computes one operation by one or more kernels. May return one of its inputs. */
export type OperationKernel<Kind extends OperationKind> = (
  run: Run,
  inputs: InputsOf<Kind, Values>,
  operation: OperationOf<Kind>,
  inputShapes: OperationInputs[Kind],
) => Values | Promise<Values>;

/** Product of the extents of the axes `[from, to)`. */
export function sizeBetween(shape: Shape, from: number, to = shape.length): number {
  return shape.slice(from, to).reduce((size, extent) => size * extent, 1);
}

/**
 * A tensor as rows: the last axis, or the pixels of an image, along x and all the others along y. No axis of a real model
 * comes near 2^24, past which float32 cannot count; its tensors do, so none is ever indexed along one axis alone.
 */
export function rows(shape: Shape): readonly [number, number] {
  const split = shape.length === 4 ? 2 : Math.max(0, shape.length - 1);
  return [sizeBetween(shape, split), sizeBetween(shape, 0, split)];
}

/** Images `[N, C, H, W]` by pixel, channel and image; a matrix `[N, C]` has one pixel. */
export function planes([images, channels, ...pixels]: ChannelShape): readonly [number, number, number] {
  return [sizeBetween(pixels, 0), channels, images];
}

/** The next multiple of four, the width in which WebAssembly computes neighboring cells together. */
export function inFours(extent: number): number {
  return Math.ceil(extent / 4) * 4;
}
