import { WeightsError } from "@alexnet/core";
import { aligned } from "../binary/aligned.js";
import type { Budget } from "../binary/budget.js";
import { widenBfloat16, widenFloat16 } from "../binary/half-precision.js";

/** An element type of PyTorch: its bytes, and how they become a tensor's values where a parameter can have it. */
export interface TorchDtype {
  /** As PyTorch says it, `float32`. */
  readonly name: string;
  readonly size: number;
  /** How often the values are larger than their bytes; 1 where they are a view. */
  readonly widens?: number;
  readonly read?: (...range: [buffer: ArrayBufferLike, byteOffset: number, length: number]) => TorchValues;
}

/** The values of a storage. */
export type TorchValues = Float32Array | Float64Array;

const float32: TorchDtype = { name: "float32", size: 4, read: (...range) => new Float32Array(...range) };

/** The element types by the name that PyTorch's storages have in pickles; `UntypedStorage` is bytes of the tensor's type. */
export const storageDtypes: ReadonlyMap<string, TorchDtype> = new Map<string, TorchDtype>([
  ["DoubleStorage", { name: "float64", size: 8, read: (...range) => new Float64Array(...range) }],
  ["FloatStorage", float32],
  ["HalfStorage", { name: "float16", size: 2, widens: 2, read: (...range) => widenFloat16(new Uint16Array(...range)) }],
  [
    "BFloat16Storage",
    { name: "bfloat16", size: 2, widens: 2, read: (...range) => widenBfloat16(new Uint16Array(...range)) },
  ],
  ["LongStorage", { name: "int64", size: 8 }],
  ["IntStorage", { name: "int32", size: 4 }],
  ["ShortStorage", { name: "int16", size: 2 }],
  ["CharStorage", { name: "int8", size: 1 }],
  ["ByteStorage", { name: "uint8", size: 1 }],
  ["BoolStorage", { name: "bool", size: 1 }],
  ["ComplexDoubleStorage", { name: "complex128", size: 16 }],
  ["ComplexFloatStorage", { name: "complex64", size: 8 }],
]);

/** What tensors of a file lie in, one or several of them. */
export interface Storage {
  readonly dtype: TorchDtype;
  /** How many elements it has. */
  readonly length: number;
  /** Its elements, read once for all tensors. */
  values(): TorchValues;
}

/**
 * A storage of which the file holds these bytes. `bytesOf` is asked when a tensor needs it, since in old files storages
 * stand behind what refers to them.
 */
export function storageOf(
  key: string,
  dtype: TorchDtype,
  length: number,
  bytesOf: () => Uint8Array,
  budget: Budget,
): Storage {
  let read: TorchValues | undefined;
  return {
    dtype,
    length,
    values() {
      if (read) return read;
      const bytes = bytesOf();
      const { name, size, widens = 0 } = dtype;
      if (!dtype.read || bytes.byteLength < length * size) {
        throw new WeightsError(
          `Storage ${JSON.stringify(key)} of ${length} ${name} takes ${length * size} bytes, and ${bytes.byteLength} are there.`,
        );
      }
      const isCopied = bytes.byteOffset % size !== 0;
      budget.spend(((isCopied ? 1 : 0) + widens) * length * size, `Storage ${JSON.stringify(key)}`);
      read = dtype.read(...aligned(size, bytes.buffer, bytes.byteOffset, length));
      return read;
    },
  };
}
