import { formatShape, type Shape, sizeOf, WeightsError } from "@alexnet/core";
import { describeValue, messageOf } from "@alexnet/core/support";
import { type Dtype, dtypes, otherDtypes } from "./dtypes.js";
import { duplicateKey } from "./duplicate-key.js";

/** Bytes of the length field in front of the header. */
export const lengthFieldBytes = 8;

/** The longest header a reader accepts, in bytes; the limit of the reference implementation. */
export const maxHeaderBytes = 100_000_000;

/** The header's key for free text, which no tensor may be called. */
export const metadataKey = "__metadata__";

/** Where one tensor lies, in bytes from the end of the header, and what it is. */
export interface TensorEntry {
  readonly name: string;
  /** As the file calls it. */
  readonly type: string;
  /** How to read it; `undefined` where that makes no tensor. */
  readonly dtype: Dtype | undefined;
  readonly shape: Shape;
  readonly begin: number;
  readonly end: number;
}

/** A checked header: the entries tile the data exactly, in order, without a hole or an overlap. */
export interface Header {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Readonly<Record<string, string>>;
  /** Where the data starts in the file, in bytes. */
  readonly dataOffset: number;
}

/**
 * Reads and checks the header of a whole safetensors file. Throws `WeightsError`; follows
 * https://github.com/huggingface/safetensors#format.
 */
export function parseHeader(bytes: Uint8Array): Header {
  if (bytes.byteLength < lengthFieldBytes) {
    throw new WeightsError(
      `A safetensors file starts with an ${lengthFieldBytes}-byte header length; got ${bytes.byteLength} bytes in all.`,
    );
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = view.getBigUint64(0, true);
  if (headerBytes > maxHeaderBytes) {
    throw new WeightsError(
      `The header claims ${headerBytes} bytes, more than the ${maxHeaderBytes} that safetensors allows: ` +
        "this is not a safetensors file, or it is damaged.",
    );
  }
  const dataOffset = lengthFieldBytes + Number(headerBytes);
  if (dataOffset > bytes.byteLength) {
    throw new WeightsError(
      `The header claims ${headerBytes} bytes, but only ${bytes.byteLength - lengthFieldBytes} follow its length: ` +
        "the file is truncated, or is not a safetensors file.",
    );
  }
  const fields = parseJson(bytes.subarray(lengthFieldBytes, dataOffset));
  const entries = Object.entries(fields)
    .filter(([name]) => name !== metadataKey)
    .map(([name, value]) => parseEntry(name, value))
    .sort((a, b) => a.begin - b.begin || a.end - b.end);
  checkTiling(entries, bytes.byteLength - dataOffset);
  return { entries, metadata: parseMetadata(fields[metadataKey]), dataOffset };
}

function parseJson(bytes: Uint8Array): Record<string, unknown> {
  let text: string;
  let fields: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    fields = JSON.parse(text);
  } catch (cause) {
    throw new WeightsError(`The header is not JSON in UTF-8: ${messageOf(cause)}`, { cause });
  }
  if (!isRecord(fields)) {
    throw new WeightsError("The header must be a JSON object of tensors by name.");
  }
  const duplicate = duplicateKey(text);
  if (duplicate !== undefined) {
    throw new WeightsError(`The header holds ${JSON.stringify(duplicate)} twice.`);
  }
  return fields;
}

function parseEntry(name: string, value: unknown): TensorEntry {
  const subject = `Tensor ${JSON.stringify(name)}`;
  if (!isRecord(value)) {
    throw new WeightsError(`${subject} must have a dtype, a shape and data_offsets.`);
  }
  const type = typeof value.dtype === "string" ? value.dtype : "";
  const dtype = dtypes.get(type);
  const size = dtype?.size ?? otherDtypes.get(type);
  if (size === undefined) {
    throw new WeightsError(
      `${subject} has dtype ${describeValue(value.dtype)}; this reader takes ${[...dtypes.keys()].join(", ")}.`,
    );
  }
  if (!isListOfSizes(value.shape)) {
    throw new WeightsError(`${subject} must have a shape of non-negative whole numbers; got ${listed(value.shape)}.`);
  }
  if (!isListOfSizes(value.data_offsets) || value.data_offsets.length !== 2) {
    throw new WeightsError(
      `${subject} must have data_offsets [begin, end] in bytes; got ${listed(value.data_offsets)}.`,
    );
  }
  const [begin = 0, end = 0] = value.data_offsets;
  const expected = sizeOf(value.shape) * size;
  if (end - begin !== expected) {
    throw new WeightsError(
      `${subject} of ${value.dtype} ${formatShape(value.shape)} takes ${expected} bytes, ` +
        `but its data_offsets [${begin}, ${end}] span ${end - begin}.`,
    );
  }
  return { name, type, dtype, shape: value.shape, begin, end };
}

function parseMetadata(value: unknown): Record<string, string> {
  if (value === undefined) {
    return {};
  }
  if (!isRecord(value) || Object.values(value).some((text) => typeof text !== "string")) {
    throw new WeightsError(`${metadataKey} must map names to strings.`);
  }
  // Each was looked at above.
  return value as Record<string, string>;
}

function checkTiling(entries: readonly TensorEntry[], dataBytes: number): void {
  let position = 0;
  for (const { name, begin, end } of entries) {
    if (begin !== position) {
      const fault = begin < position ? "overlaps the tensor before it, which ends" : "leaves a hole after the data";
      throw new WeightsError(`Tensor ${JSON.stringify(name)} at byte ${begin} ${fault} at byte ${position}.`);
    }
    if (end > dataBytes) {
      throw new WeightsError(
        `Tensor ${JSON.stringify(name)} ends at byte ${end}, but the file holds ${dataBytes} bytes of data: ` +
          "it is truncated.",
      );
    }
    position = end;
  }
  if (position !== dataBytes) {
    throw new WeightsError(
      `The file holds ${dataBytes} bytes of data, of which no tensor claims the last ${dataBytes - position}.`,
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A list as it is, as far as it is short and flat; else what it is. */
function listed(value: unknown): string {
  const isShort = Array.isArray(value) && value.length <= 8 && value.every((part) => typeof part !== "object");
  return isShort ? `[${value.map(describeValue).join(", ")}]` : describeValue(value);
}
