import { WeightsError } from "@alexnet/core";

/** Reads little-endian numbers and runs of bytes one after the other, and never past the end. */
export interface ByteReader {
  /** Where the next read starts. */
  readonly position: number;
  /** Bytes that follow. */
  readonly left: number;
  u8(): number;
  u16(): number;
  u32(): number;
  i32(): number;
  /** 64 bits; throws where they are more than a double counts exactly. */
  u64(): number;
  /** A view on the next bytes. */
  take(length: number): Uint8Array;
  /** A view on the bytes before the next line feed, which is passed over. */
  line(): Uint8Array;
}

/** A reader from `start` on. It throws `WeightsError` where the bytes end too early; `what` is what they are. */
export function byteReader(bytes: Uint8Array, what: string, start = 0): ByteReader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let position = start;
  const advance = (length: number): number => {
    if (length > bytes.byteLength - position) {
      throw new WeightsError(
        `${what} is truncated: ${length} bytes are wanted at byte ${position}, and ${bytes.byteLength - position} are there.`,
      );
    }
    position += length;
    return position - length;
  };
  return {
    get position() {
      return position;
    },
    get left() {
      return bytes.byteLength - position;
    },
    u8: () => view.getUint8(advance(1)),
    u16: () => view.getUint16(advance(2), true),
    u32: () => view.getUint32(advance(4), true),
    i32: () => view.getInt32(advance(4), true),
    u64() {
      const value = view.getBigUint64(advance(8), true);
      if (value > Number.MAX_SAFE_INTEGER) {
        throw new WeightsError(`${what} claims a length of ${value} at byte ${position - 8}: it is damaged.`);
      }
      return Number(value);
    },
    take(length) {
      const begin = advance(length);
      return bytes.subarray(begin, begin + length);
    },
    line() {
      const end = bytes.indexOf(10, position);
      const begin = advance(end < 0 ? bytes.byteLength - position + 1 : end + 1 - position);
      return bytes.subarray(begin, end);
    },
  };
}
