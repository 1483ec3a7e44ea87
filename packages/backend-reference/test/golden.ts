import { readFileSync } from "node:fs";
import { sizeOf, type Tensor, type TensorMap } from "@alexnet/core";
import { tensor64 } from "./helpers.js";

/** A JSON file of conformance/golden. */
export function goldenJson<Content>(name: string): Content {
  return JSON.parse(readFileSync(new URL(`../../../conformance/golden/${name}.json`, import.meta.url), "utf8"));
}

const ELEMENTS = { F64: Float64Array, F32: Float32Array, I32: Int32Array } as const;

interface Entry {
  readonly dtype: keyof typeof ELEMENTS;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

/** The tensors of a safetensors file of conformance/golden. */
export function goldenTensors(name: string): TensorMap {
  const file = readFileSync(new URL(`../../../conformance/golden/${name}.safetensors`, import.meta.url));
  const headerLength = Number(file.readBigUInt64LE(0));
  const header: Record<string, Entry> = JSON.parse(file.toString("utf8", 8, 8 + headerLength));
  delete header.__metadata__;
  const tensors = Object.entries(header).map(([key, { dtype, shape, data_offsets }]) => {
    const bytes = Uint8Array.from(
      file.subarray(8 + headerLength + data_offsets[0], 8 + headerLength + data_offsets[1]),
    );
    return [key, tensor64(shape, new ELEMENTS[dtype](bytes.buffer))] as const;
  });
  return Object.fromEntries(tensors);
}

/** The largest difference between two tensors of one shape, relative to the largest value expected. */
export function relativeError(actual: Tensor | undefined, expected: Tensor | undefined): number {
  if (!actual || !expected) throw new Error("nothing to compare");
  if (sizeOf(actual.shape) !== sizeOf(expected.shape)) throw new Error(`[${actual.shape}] against [${expected.shape}]`);
  let difference = 0;
  let largest = 0;
  expected.data.forEach((value, index) => {
    const apart = Math.abs(value - (actual.data[index] as number));
    difference = Math.max(difference, Number.isNaN(apart) ? Number.POSITIVE_INFINITY : apart);
    largest = Math.max(largest, Math.abs(value));
  });
  return difference === 0 ? 0 : difference / largest;
}
