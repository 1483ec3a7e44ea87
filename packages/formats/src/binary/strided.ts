import { type Shape, sizeOf } from "@alexnet/core";

/** The strides of an array in row-major order, in elements. */
export function rowMajorStrides(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis]!;
  }
  return strides;
}

/** Whether elements with these strides lie as in row-major order; the stride of an axis of one element says nothing. */
export function isRowMajor(shape: Shape, strides: readonly number[]): boolean {
  const expected = rowMajorStrides(shape);
  return sizeOf(shape) === 0 || shape.every((extent, axis) => extent === 1 || strides[axis] === expected[axis]);
}

/**
 * The elements of a strided array in row-major order. Strides may be 0 or negative; the caller has seen to it that every
 * element is there.
 */
export function gather<Data extends Float32Array | Float64Array>(
  data: Data,
  offset: number,
  shape: Shape,
  strides: readonly number[],
): Data {
  // A typed array's constructor makes the same type.
  const out = new (data.constructor as new (length: number) => Data)(sizeOf(shape));
  if (out.length === 0) return out;
  const inner = shape.at(-1) ?? 1;
  const innerStride = strides.at(-1) ?? 0;
  const outer = shape.slice(0, -1);
  const index = outer.map(() => 0);
  let start = offset;
  for (let at = 0; at < out.length; at += inner) {
    for (let i = 0, from = start; i < inner; i++, from += innerStride) out[at + i] = data[from]!;
    for (let axis = outer.length - 1; axis >= 0; axis--) {
      start += strides[axis]!;
      index[axis]!++;
      if (index[axis]! < outer[axis]!) break;
      start -= strides[axis]! * outer[axis]!;
      index[axis] = 0;
    }
  }
  return out;
}
