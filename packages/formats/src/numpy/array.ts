import { sizeOf, WeightsError } from "@alexnet/core";
import type { Budget } from "../binary/budget.js";
import { gather } from "../binary/strided.js";
import type { StoredTensor } from "../weights.js";
import { numpyDtype } from "./dtypes.js";

/** An array of NumPy in a file: how it says that it is laid out, and its bytes. */
export interface EncodedArray {
  /** Its type string, `<f4`. */
  readonly descr: string;
  readonly shape: readonly number[];
  /** Whether the first axis varies fastest. */
  readonly fortran: boolean;
  readonly bytes: Uint8Array;
}

/**
 * The name of the array's type, and the array as a tensor where a parameter can have that: a view on its bytes where they are
 * aligned and in order. Throws `WeightsError` for a shape that its bytes do not fill.
 */
export function arrayTensor({ descr, shape, fortran, bytes }: EncodedArray, budget: Budget): StoredTensor {
  const found = numpyDtype(descr);
  if (!found) return { type: descr };
  const { dtype, bigEndian } = found;
  const size = sizeOf(shape);
  if (bytes.byteLength !== size * dtype.size) {
    throw new WeightsError(
      `An array of ${dtype.name} [${shape.join(", ")}] takes ${size * dtype.size} bytes, and ${bytes.byteLength} are there.`,
    );
  }
  if (!dtype.read) return { type: dtype.name };
  const what = `An array of shape [${shape.join(", ")}]`;
  const isCopied = bigEndian || bytes.byteOffset % dtype.size !== 0;
  budget.spend((isCopied ? bytes.byteLength : 0) + size * dtype.widened, what);
  const ordered = bigEndian ? swapped(bytes, dtype.size) : bytes;
  const data = dtype.read(ordered.buffer, ordered.byteOffset, size);
  if (!fortran || shape.length < 2) return { type: dtype.name, tensor: { shape, data } };
  budget.spend(data.byteLength, what);
  return { type: dtype.name, tensor: { shape, data: gather(data, 0, shape, columnMajorStrides(shape)) } };
}

function columnMajorStrides(shape: readonly number[]): number[] {
  let stride = 1;
  return shape.map((extent) => {
    stride *= extent;
    return stride / extent;
  });
}

function swapped(bytes: Uint8Array, size: number): Uint8Array {
  const out = new Uint8Array(bytes.byteLength);
  for (let start = 0; start < bytes.byteLength; start += size) {
    for (let byte = 0; byte < size; byte++) out[start + byte] = bytes[start + size - 1 - byte]!;
  }
  return out;
}
