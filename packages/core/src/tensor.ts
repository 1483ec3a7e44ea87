import { InvalidArgumentError, ShapeError } from "./errors.js";
import { describeValue, fieldsOf } from "./support/options.js";

/** Extent of each axis, outermost first. `[]` is a scalar. Images are `[N, C, H, W]`. */
export type Shape = readonly number[];

/** A shape of one axis: the values of a bias. */
export type Shape1 = readonly [values: number];

/** A shape of two axes: a matrix, or the classes of each example. */
export type Shape2 = readonly [rows: number, columns: number];

/** A shape of four axes: images `[N, C, H, W]`, or filters `[O, C, kH, kW]`. */
export type Shape4 = readonly [batch: number, channels: number, height: number, width: number];

/** Whether a shape has two axes. */
export function isShape2(shape: Shape): shape is Shape2 {
  return shape.length === 2;
}

/** Whether a shape has four axes. */
export function isShape4(shape: Shape): shape is Shape4 {
  return shape.length === 4;
}

/** A dense row-major array on the host. Backends take both element types and return the one they compute in. */
export interface Tensor {
  readonly shape: Shape;
  readonly data: Float32Array | Float64Array;
}

/** Tensors by name. */
export type TensorMap = Readonly<Record<string, Tensor>>;

/** Number of elements in a tensor of this shape; 1 for a scalar. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((size, extent) => size * extent, 1);
}

/** Whether both shapes have the same axes with the same extents. */
export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((extent, axis) => extent === b[axis]);
}

/** `[1, 3, 224, 224]`, the way shapes are printed everywhere. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

/**
 * A tensor over `data`, which is not copied if it is a float array. Throws `ShapeError` when the length of `data` is not
 * the size of `shape`, `InvalidArgumentError` for an array of another type.
 */
export function tensor(shape: Shape, data: Float32Array | Float64Array | readonly number[]): Tensor {
  const made = { shape, data: Array.isArray(data) ? Float32Array.from(data) : data };
  checkTensor(made, "A tensor");
  return made;
}

/**
 * Throws `InvalidArgumentError` unless the value is a tensor of float32 or float64, and `ShapeError` unless it holds as
 * many values as its shape says. `what` names it: `The input "images"`.
 */
export function checkTensor(value: unknown, what: string): asserts value is Tensor {
  const { shape, data } = fieldsOf(value);
  if (!Array.isArray(shape) || data === undefined) {
    throw new InvalidArgumentError(`${what} must be a tensor, { shape, data }; got ${describeValue(value)}.`);
  }
  if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
    throw new InvalidArgumentError(
      `${what} has the shape ${formatShape(shape)}; extents are whole numbers of at least 0.`,
    );
  }
  if (!isFloatArray(data)) {
    throw new InvalidArgumentError(
      `${what} must hold its values in a Float32Array or Float64Array; got ${describeValue(data)}.`,
    );
  }
  if (data.length !== sizeOf(shape)) {
    throw new ShapeError(`${what} of shape ${formatShape(shape)} holds ${sizeOf(shape)} values; got ${data.length}.`);
  }
}

/** By its tag and not by `instanceof`: an array of another realm (a frame, `node:vm`, Jest) is as good. */
function isFloatArray(data: unknown): data is Tensor["data"] {
  return /^\[object Float(32|64)Array\]$/.test(Object.prototype.toString.call(data));
}

/** A tensor of this shape filled with zeros. */
export function zeros(shape: Shape): Tensor {
  return { shape, data: new Float32Array(sizeOf(shape)) };
}

/** Position of the first value that is NaN or infinite, or −1. */
export function firstNonFinite(data: Float32Array | Float64Array): number {
  // x − x is 0 for every finite x and NaN for all others; a plain loop, because weights come by the hundred million.
  for (let index = 0; index < data.length; index++) {
    const value = data[index]!;
    if (value - value !== 0) return index;
  }
  return -1;
}
