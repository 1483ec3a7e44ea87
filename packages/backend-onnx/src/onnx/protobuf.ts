/**
 * Writes Protocol Buffers messages (protobuf.dev/programming-guides/encoding): just what ONNX needs. A message is a list
 * of chunks, so weights inside it are referred to and never copied until the whole is put together.
 */
export interface Message {
  readonly chunks: readonly Uint8Array[];
  readonly length: number;
}

export interface MessageWriter {
  /** A field of whole numbers or enums (wire type 0). */
  int(field: number, value: number | bigint): void;
  /** A float field (wire type 5). */
  float(field: number, value: number): void;
  /** A string or bytes field (wire type 2). */
  bytes(field: number, value: string | Uint8Array): void;
  /** An embedded message (wire type 2). */
  message(field: number, value: Message): void;
  finish(): Message;
}

const VARINT = 0;
const LENGTH_DELIMITED = 2;
const FIXED_32 = 5;

export function messageWriter(): MessageWriter {
  const chunks: Uint8Array[] = [];
  let length = 0;
  const push = (chunk: Uint8Array): void => {
    chunks.push(chunk);
    length += chunk.length;
  };
  const tag = (field: number, wireType: number): void => push(varint(BigInt(field * 8 + wireType)));
  return {
    int(field, value) {
      tag(field, VARINT);
      push(varint(BigInt(value)));
    },
    float(field, value) {
      tag(field, FIXED_32);
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setFloat32(0, value, true);
      push(bytes);
    },
    bytes(field, value) {
      const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
      tag(field, LENGTH_DELIMITED);
      push(varint(BigInt(bytes.length)));
      push(bytes);
    },
    message(field, value) {
      tag(field, LENGTH_DELIMITED);
      push(varint(BigInt(value.length)));
      for (const chunk of value.chunks) push(chunk);
    },
    finish: () => ({ chunks, length }),
  };
}

/** The message as one array of bytes. */
export function toBytes({ chunks, length }: Message): Uint8Array {
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Seven bits a byte, low bits first; negative numbers as 64-bit two's complement. */
function varint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}
