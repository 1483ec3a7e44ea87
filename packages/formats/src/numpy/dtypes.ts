import { aligned } from "../binary/aligned.js";
import { widenFloat16 } from "../binary/half-precision.js";

/** An element type of NumPy: its bytes, and how they become values where a parameter can have it. */
export interface NumpyDtype {
  /** As NumPy says it, `float32`. */
  readonly name: string;
  readonly size: number;
  readonly read?: (buffer: ArrayBufferLike, byteOffset: number, length: number) => Float32Array | Float64Array;
  /** Bytes that reading an element takes, where it is no view. */
  readonly widened: number;
}

/** By the letter and the bytes that NumPy's type strings have (`<f4`). Byte order is another matter. */
const types: Readonly<Record<string, NumpyDtype>> = {
  f2: {
    name: "float16",
    size: 2,
    widened: 4,
    read: (...range) => widenFloat16(new Uint16Array(...aligned(2, ...range))),
  },
  f4: { name: "float32", size: 4, widened: 0, read: (...range) => new Float32Array(...aligned(4, ...range)) },
  f8: { name: "float64", size: 8, widened: 0, read: (...range) => new Float64Array(...aligned(8, ...range)) },
};

const others: Readonly<Record<string, string>> = { i: "int", u: "uint", b: "bool", c: "complex" };

/** The type that a type string such as `<f4` or `|u1` names, and whether its bytes are in big-endian order. */
export function numpyDtype(text: string): { readonly dtype: NumpyDtype; readonly bigEndian: boolean } | undefined {
  const [, order, letter = "", digits] = /^([<>|=]?)([fiubc])([1-9]\d?)$/.exec(text) ?? [];
  if (digits === undefined) return undefined;
  const size = Number(digits);
  const name = `${others[letter] ?? "float"}${letter === "b" ? "" : 8 * size}`;
  const dtype = types[`${letter}${digits}`] ?? { name, size, widened: 0 };
  return { dtype, bigEndian: order === ">" };
}
