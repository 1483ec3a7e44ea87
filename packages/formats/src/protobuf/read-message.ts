import { WeightsError } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { aligned } from "../binary/aligned.js";

/** One field of a message, read as the type that the schema gives it. */
export interface Field {
  /** A whole number of up to 53 bits; throws for a larger one. */
  int(): number;
  float(): number;
  text(): string;
  bytes(): Uint8Array;
  /** Adds the whole numbers of a repeated field, packed or not. */
  ints(list: number[]): void;
  /** Adds the floats of a repeated field: packed ones as one array, a view where it is aligned. */
  floats(list: Float32Array[]): void;
  /** The same for doubles. */
  doubles(list: Float64Array[]): void;
}

/** What is done with the fields of a message, by their numbers; others are passed over. */
export type Fields = Readonly<Record<number, (field: Field) => void>>;

/** Shapes and the like have few numbers, and weights stand in few parts; more are there to exhaust memory. */
const MOST_ENTRIES = 10_000;

/**
 * Reads a message of Protocol Buffers field by field (protobuf.dev/programming-guides/encoding). Throws `WeightsError` for one
 * that is truncated or damaged; `what` names it.
 */
export function readMessage(bytes: Uint8Array, what: string, fields: Fields): void {
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [number, type] = reader.tag();
      const read = Object.hasOwn(fields, number) ? fields[number] : undefined;
      if (read) read(fieldOf(reader, type));
      else reader.skip(type, number);
    }
  } catch (cause) {
    if (cause instanceof WeightsError) throw cause;
    throw new WeightsError(`${what} is truncated or damaged: ${messageOf(cause)}.`, { cause });
  }
}

function fieldOf(reader: BinaryReader, type: WireType): Field {
  const expect = (wanted: WireType): void => {
    if (type !== wanted) throw new Error(`a field of wire type ${type} where ${wanted} is expected`);
  };
  const int = (): number => {
    const value = Number(reader.int64());
    if (!Number.isSafeInteger(value)) throw new Error(`the whole number ${value}`);
    return value;
  };
  const limit = ({ length }: readonly unknown[]): void => {
    if (length === MOST_ENTRIES) throw new Error(`a list of more than ${MOST_ENTRIES} entries`);
  };
  const packed = <Values>(
    wanted: WireType,
    size: number,
    of: (range: ReturnType<typeof aligned>) => Values,
    one: () => Values,
  ): Values => {
    if (type !== WireType.LengthDelimited) {
      expect(wanted);
      return one();
    }
    const bytes = reader.bytes();
    if (bytes.byteLength % size !== 0) throw new Error(`${bytes.byteLength} bytes of numbers of ${size} bytes`);
    return of(aligned(size, bytes.buffer, bytes.byteOffset, bytes.byteLength / size));
  };
  return {
    int() {
      expect(WireType.Varint);
      return int();
    },
    float() {
      expect(WireType.Bit32);
      return reader.float();
    },
    text() {
      expect(WireType.LengthDelimited);
      return reader.string();
    },
    bytes() {
      expect(WireType.LengthDelimited);
      return reader.bytes();
    },
    ints(list) {
      const add = (): void => {
        limit(list);
        list.push(int());
      };
      if (type === WireType.Varint) return add();
      expect(WireType.LengthDelimited);
      const end = reader.uint32() + reader.pos;
      while (reader.pos < end) add();
      if (reader.pos !== end || end > reader.len) throw new Error("premature EOF");
    },
    floats(list) {
      limit(list);
      list.push(
        packed(
          WireType.Bit32,
          4,
          (range) => new Float32Array(...range),
          () => Float32Array.of(reader.float()),
        ),
      );
    },
    doubles(list) {
      limit(list);
      list.push(
        packed(
          WireType.Bit64,
          8,
          (range) => new Float64Array(...range),
          () => Float64Array.of(reader.double()),
        ),
      );
    },
  };
}
