import { aligned } from "../binary/aligned.js";
import { widenBfloat16, widenFloat16 } from "../binary/half-precision.js";

/** One element type of a safetensors file and how its bytes become a tensor's data. */
export interface Dtype {
  /** As other formats call it, `float32`. */
  readonly name: string;
  /** Bytes per element. */
  readonly size: number;
  /** A view on the bytes where alignment and type allow it, else a copy. The host is taken to be little-endian. */
  readonly read: (buffer: ArrayBufferLike, byteOffset: number, length: number) => Float32Array | Float64Array;
}

/** The element types this reader takes, by their names in the file. */
export const dtypes: ReadonlyMap<string, Dtype> = new Map<string, Dtype>([
  ["F64", { name: "float64", size: 8, read: (...range) => new Float64Array(...aligned(8, ...range)) }],
  ["F32", { name: "float32", size: 4, read: (...range) => new Float32Array(...aligned(4, ...range)) }],
  ["F16", { name: "float16", size: 2, read: (...range) => widenFloat16(new Uint16Array(...aligned(2, ...range))) }],
  ["BF16", { name: "bfloat16", size: 2, read: (...range) => widenBfloat16(new Uint16Array(...aligned(2, ...range))) }],
]);

/** Bytes per element of the types that no tensor here can have. The format knows more, of less than a byte. */
export const otherDtypes: ReadonlyMap<string, number> = new Map([
  ...["I64", "U64", "C64"].map((name) => [name, 8] as const),
  ...["I32", "U32"].map((name) => [name, 4] as const),
  ...["I16", "U16"].map((name) => [name, 2] as const),
  ...["I8", "U8", "BOOL", "F8_E4M3", "F8_E5M2", "F8_E8M0"].map((name) => [name, 1] as const),
]);
