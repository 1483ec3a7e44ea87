import { DatasetError, formatShape, type Shape, sizeOf } from "@alexnet/core";

/** An array of uint8 as IDX files hold it. */
export interface IdxArray {
  readonly shape: Shape;
  readonly data: Uint8Array;
}

/** The one element type that MNIST and its relatives use. */
const unsignedByte = 0x08;

/**
 * Reads an uncompressed IDX file of uint8, as http://yann.lecun.com/exdb/mnist describes it: two zeros, the element
 * type, the number of axes, then the extents and the values. `data` is a view on `bytes`. Throws `DatasetError`, which
 * starts with `file` and gives expected and found bytes.
 */
export function parseIdx(bytes: Uint8Array, file: string): IdxArray {
  if (bytes.byteLength < 4) {
    throw new DatasetError(`${file} is truncated: an IDX file starts with 4 bytes, and it holds ${bytes.byteLength}.`);
  }
  const [zero, secondZero, type, rank = 0] = bytes;
  if (zero !== 0 || secondZero !== 0 || type !== unsignedByte || rank === 0) {
    const magic = Buffer.from(bytes.subarray(0, 4)).toString("hex");
    throw new DatasetError(`${file} is not an IDX file of unsigned bytes: it starts with 0x${magic}, not 0x000008...`);
  }
  const headerBytes = 4 + 4 * rank;
  if (bytes.byteLength < headerBytes) {
    throw new DatasetError(
      `${file} is truncated: an IDX header of ${rank} axes takes ${headerBytes} bytes, and it holds ${bytes.byteLength}.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const shape = Array.from({ length: rank }, (_, axis) => view.getUint32(4 + 4 * axis));
  const expected = headerBytes + sizeOf(shape);
  if (bytes.byteLength !== expected) {
    const fault = bytes.byteLength < expected ? "truncated" : "too long";
    throw new DatasetError(
      `${file} is ${fault}: an IDX file of ${formatShape(shape)} takes ${expected} bytes, and it holds ${bytes.byteLength}.`,
    );
  }
  return { shape, data: bytes.subarray(headerBytes) };
}
