import { maskedCrc32c } from "./crc32c.js";

/** What an event of TensorBoard says (tensorflow/core/util/event.proto). */
export interface TensorboardEvent {
  /** Seconds since 1970. */
  readonly wallTime: number;
  readonly step: number;
  /** The first of a file. */
  readonly fileVersion?: string;
  /** A training that begins or goes on: what was told of later steps counts no more. */
  readonly sessionStart?: boolean;
  /** Numbers by their tags. */
  readonly scalars?: Readonly<Record<string, number>>;
}

/** An event as a record of a TFRecord file: length, checksum, message, checksum. */
export function encodeEvent(event: TensorboardEvent): Uint8Array {
  const message = eventMessage(event);
  const record = Buffer.alloc(message.length + 16);
  record.writeBigUInt64LE(BigInt(message.length), 0);
  record.writeUInt32LE(maskedCrc32c(record.subarray(0, 8)), 8);
  message.copy(record, 12);
  record.writeUInt32LE(maskedCrc32c(message), 12 + message.length);
  return record;
}

function eventMessage({ wallTime, step, fileVersion, sessionStart, scalars = {} }: TensorboardEvent): Buffer {
  const values = Object.entries(scalars).map(([tag, value]) =>
    message(1, Buffer.concat([text(1, tag), float(2, value)])),
  );
  return Buffer.concat([
    double(1, wallTime),
    ...(step === 0 ? [] : [varintField(2, step)]),
    ...(fileVersion === undefined ? [] : [text(3, fileVersion)]),
    ...(values.length === 0 ? [] : [message(5, Buffer.concat(values))]),
    // SessionLog, whose status 1 is START.
    ...(sessionStart ? [message(7, varintField(1, 1))] : []),
  ]);
}

// Protocol buffers' wire format: https://protobuf.dev/programming-guides/encoding

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

const varintField = (field: number, value: number): Buffer => Buffer.concat([varint(field << 3), varint(value)]);

const message = (field: number, content: Buffer): Buffer =>
  Buffer.concat([varint((field << 3) | 2), varint(content.length), content]);

const text = (field: number, value: string): Buffer => message(field, Buffer.from(value, "utf8"));

function double(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = (field << 3) | 1;
  bytes.writeDoubleLE(value, 1);
  return bytes;
}

function float(field: number, value: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes[0] = (field << 3) | 5;
  bytes.writeFloatLE(value, 1);
  return bytes;
}
