import type { Shape, Tensor } from "@alexnet/core";

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

function u32(value: number): Uint8Array {
  return Uint8Array.of(value & 255, (value >> 8) & 255, (value >> 16) & 255, value >>> 24);
}

/** BININT, BINUNICODE and BINBYTES of Python's pickletools; the bytes of an array are a view and not copied. */
const integer = (value: number): Uint8Array[] => [ascii("J"), u32(value)];
const text = (value: string): Uint8Array[] => [ascii("X"), u32(ascii(value).byteLength), ascii(value)];
const bytes = (value: Uint8Array): Uint8Array[] => [ascii("B"), u32(value.byteLength), value];

/**
 * A dict of lists of arrays, inside of the array of one object that `numpy.save` makes of everything, as a pickle of protocol
 * 3, in chunks. NumPy's functions have the names that every version of it knows.
 */
export function pickledLayers(layers: ReadonlyMap<string, readonly Tensor[]>): Uint8Array[] {
  const dict = [...layers].flatMap(([layer, tensors]) => [
    ...text(layer),
    ascii("]("),
    ...tensors.flatMap(({ shape, data }) =>
      array(
        shape,
        data instanceof Float64Array ? "f8" : "f4",
        bytes(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
      ),
    ),
    ascii("e"),
  ]);
  const object = array([], "O8", [ascii("]}("), ...dict, ascii("ua")]);
  return [Uint8Array.of(0x80, 3), ...object, ascii(".")];
}

/** `_reconstruct(ndarray, (0,), b"b")` and its state: version, shape, type, order, contents. */
function array(shape: Shape, kind: string, contents: readonly Uint8Array[]): Uint8Array[] {
  return [
    ascii("cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n("),
    ...integer(0),
    ascii("t"),
    ...bytes(ascii("b")),
    ascii("tR("),
    ...integer(1),
    ascii("("),
    ...shape.flatMap(integer),
    ascii("t"),
    ...dtype(kind),
    Uint8Array.of(0x89),
    ...contents,
    ascii("tb"),
  ];
}

/** Flags of NumPy's types: elements of `O` are objects, which are counted, and so on. */
const OBJECT_FLAGS = 63;

function dtype(kind: string): Uint8Array[] {
  const isObject = kind.startsWith("O");
  return [
    ascii("cnumpy\ndtype\n("),
    ...text(kind),
    ...integer(0),
    ...integer(1),
    ascii("tR("),
    ...integer(3),
    ...text(isObject ? "|" : "<"),
    ascii("NNN"),
    ...integer(-1),
    ...integer(-1),
    ...integer(isObject ? OBJECT_FLAGS : 0),
    ascii("tb"),
  ];
}
