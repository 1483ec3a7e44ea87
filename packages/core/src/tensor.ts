import { InvalidArgumentError, ShapeError } from "./errors.js";

/** Extent of each axis, outermost first. `[]` is a scalar. Images are `[N, C, H, W]`. */
export type Shape = readonly number[];

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

/** A tensor over `data`, which is not copied. Throws `ShapeError` when the length of `data` is not the size of `shape`. */
export function tensor(shape: Shape, data: Float32Array | Float64Array | readonly number[]): Tensor {
  const values = ArrayBuffer.isView(data) ? (data as Float32Array | Float64Array) : Float32Array.from(data);
  for (const extent of shape) {
    if (!Number.isSafeInteger(extent) || extent < 0) {
      throw new InvalidArgumentError(`A shape holds non-negative whole numbers; got ${formatShape(shape)}.`);
    }
  }
  if (values.length !== sizeOf(shape)) {
    throw new ShapeError(
      `A tensor of shape ${formatShape(shape)} holds ${sizeOf(shape)} values; got ${values.length}.`,
    );
  }
  return { shape, data: values };
}

/** A tensor of this shape filled with zeros. */
export function zeros(shape: Shape): Tensor {
  return { shape, data: new Float32Array(sizeOf(shape)) };
}

/** Position of the first value that is NaN or infinite, or −1. */
export function firstNonFinite(data: Float32Array | Float64Array): number {
  // x − x is 0 for every finite x and NaN for all others; a plain loop, because weights come by the hundred million.
  for (let index = 0; index < data.length; index++) {
    const value = data[index] as number;
    if (value - value !== 0) return index;
  }
  return -1;
}
