import { sizeOf, type Tensor, WeightsError } from "@alexnet/core";
import { aligned } from "../binary/aligned.js";
import type { Budget } from "../binary/budget.js";
import { widenBfloat16, widenFloat16 } from "../binary/half-precision.js";
import { joined } from "../binary/joined.js";
import { readMessage } from "../protobuf/read-message.js";

/** A constant of a graph: numbers that weights can be, or the few whole numbers of a shape. */
export interface Constant {
  readonly type: string;
  readonly tensor?: Tensor;
  readonly ints?: readonly number[];
}

/** Where the values of large constants are, when they are not in the file: the bytes of a file beside it. */
export type ExternalData = (location: string) => Uint8Array | undefined;

/** The element types, by their numbers in `TensorProto.DataType`. */
const types: Readonly<Record<number, string>> = {
  1: "float32",
  2: "uint8",
  3: "int8",
  6: "int32",
  7: "int64",
  9: "bool",
  10: "float16",
  11: "float64",
  16: "bfloat16",
};

function nameOf(type: number): string {
  return types[type] ?? `number ${type}`;
}

const FLOAT = 1;
const INT64 = 7;
const FLOAT16 = 10;
const DOUBLE = 11;
const BFLOAT16 = 16;

/** Shapes have a few numbers; longer lists of whole numbers are weights of another type. */
const MOST_EXTENTS = 64;

/** Reads a `TensorProto` (field numbers: onnx/onnx.proto). Throws `WeightsError` for a damaged one. */
export function readTensor(
  bytes: Uint8Array,
  budget: Budget,
  external: ExternalData,
): { readonly name: string; readonly value: Constant } {
  let name = "";
  let type = 0;
  let raw: Uint8Array | undefined;
  let isExternal = false;
  const shape: number[] = [];
  const floats: Float32Array[] = [];
  const doubles: Float64Array[] = [];
  const ints: number[] = [];
  const location = new Map<string, string>();
  readMessage(bytes, "A constant of the ONNX model", {
    1: (field) => field.ints(shape),
    2: (field) => {
      type = field.int();
    },
    4: (field) => field.floats(floats),
    7: (field) => field.ints(ints),
    8: (field) => {
      name = field.text();
    },
    9: (field) => {
      raw = field.bytes();
    },
    10: (field) => field.doubles(doubles),
    13: (field) => readEntry(field.bytes(), location),
    14: (field) => {
      isExternal = field.int() === 1;
    },
  });
  if (isExternal) raw = externalBytes(name, location, external);
  return { name, value: constantOf() };

  function constantOf(): Constant {
    const size = sizeOf(shape);
    const filled = (data: Tensor["data"]): Constant => {
      if (data.length !== size) {
        throw new WeightsError(
          `The constant ${JSON.stringify(name)} of shape [${shape.join(", ")}] holds ${size} values; got ${data.length}.`,
        );
      }
      return { type: nameOf(type), tensor: { shape, data } };
    };
    if (type === FLOAT)
      return filled(raw ? viewOf(raw, 4, (...range) => new Float32Array(...range)) : joined(floats, Float32Array));
    if (type === DOUBLE)
      return filled(raw ? viewOf(raw, 8, (...range) => new Float64Array(...range)) : joined(doubles, Float64Array));
    if ((type === FLOAT16 || type === BFLOAT16) && raw) {
      budget.spend(2 * raw.byteLength, `The constant ${JSON.stringify(name)}`);
      return filled(
        (type === FLOAT16 ? widenFloat16 : widenBfloat16)(viewOf(raw, 2, (...range) => new Uint16Array(...range))),
      );
    }
    if (type === INT64 && size <= MOST_EXTENTS) {
      const values = raw
        ? Array.from(
            viewOf(raw, 8, (...range) => new BigInt64Array(...range)),
            Number,
          )
        : ints;
      return { type: nameOf(type), ints: values };
    }
    return { type: nameOf(type) };
  }

  function viewOf<View>(
    data: Uint8Array,
    elementBytes: number,
    make: (buffer: ArrayBufferLike, byteOffset: number, length: number) => View,
  ): View {
    if (data.byteLength % elementBytes !== 0)
      throw new WeightsError(`The constant ${JSON.stringify(name)} is truncated.`);
    if (data.byteOffset % elementBytes !== 0) budget.spend(data.byteLength, `The constant ${JSON.stringify(name)}`);
    return make(...aligned(elementBytes, data.buffer, data.byteOffset, data.byteLength / elementBytes));
  }
}

/** Reads a `StringStringEntryProto` into the entries. */
export function readEntry(bytes: Uint8Array, entries: Map<string, string>): void {
  let [key, value] = ["", ""];
  readMessage(bytes, "An entry of the ONNX model", {
    1: (field) => {
      key = field.text();
    },
    2: (field) => {
      value = field.text();
    },
  });
  entries.set(key, value);
}

function externalBytes(name: string, entries: ReadonlyMap<string, string>, external: ExternalData): Uint8Array {
  const location = entries.get("location") ?? "";
  const file = external(location);
  if (!file) {
    throw new WeightsError(
      `The values of ${JSON.stringify(name)} are in the file ${JSON.stringify(location)} beside the model, which was not given.`,
    );
  }
  const offset = Number(entries.get("offset") ?? 0);
  const length = Number(entries.get("length") ?? file.byteLength - offset);
  if (!(offset >= 0 && length >= 0 && offset + length <= file.byteLength)) {
    throw new WeightsError(`The values of ${JSON.stringify(name)} reach past the end of ${JSON.stringify(location)}.`);
  }
  return file.subarray(offset, offset + length);
}
