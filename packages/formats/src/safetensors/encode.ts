import { formatShape, sizeOf, type Tensor, type TensorMap, WeightsError } from "@alexnet/core";
import { lengthFieldBytes, maxHeaderBytes, metadataKey } from "./header.js";

const dtypeNames: ReadonlyMap<string, string> = new Map([
  ["Float32Array", "F32"],
  ["Float64Array", "F64"],
]);

/**
 * A safetensors file as chunks to be written one after the other: the header, then a view on each tensor's data.
 * Nothing is copied, so write the chunks before changing a tensor. float64 tensors come first, as the reference
 * implementation has it, which keeps every tensor aligned; otherwise the order is that of `tensors`.
 *
 * Throws `WeightsError` for a tensor called `__metadata__`, data that do not fit the shape, and metadata that are not
 * strings. See https://github.com/huggingface/safetensors#format.
 */
export function encodeSafetensors(tensors: TensorMap, metadata: Readonly<Record<string, string>> = {}): Uint8Array[] {
  const ordered = Object.entries(tensors).sort(([, a], [, b]) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  return [encodeHeader(ordered, metadata), ...ordered.map(([, { data }]) => bytesOf(data))];
}

function encodeHeader(
  entries: readonly (readonly [string, Tensor])[],
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const fields: [string, unknown][] = [];
  if (Object.keys(metadata).length > 0) {
    fields.push([metadataKey, checkedMetadata(metadata)]);
  }
  let begin = 0;
  for (const [name, { shape, data }] of entries) {
    if (name === metadataKey) {
      throw new WeightsError(
        `A tensor cannot be called ${JSON.stringify(metadataKey)}: safetensors reserves that name.`,
      );
    }
    if (data.length !== sizeOf(shape)) {
      throw new WeightsError(
        `Tensor ${JSON.stringify(name)} of shape ${formatShape(shape)} holds ${sizeOf(shape)} values; ` +
          `got ${data.length}.`,
      );
    }
    const dtype = dtypeNames.get(data[Symbol.toStringTag]);
    if (dtype === undefined) {
      throw new WeightsError(`Tensor ${JSON.stringify(name)} must hold float32 or float64 values.`);
    }
    const end = begin + data.byteLength;
    fields.push([name, { dtype, shape, data_offsets: [begin, end] }]);
    begin = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(Object.fromEntries(fields)));
  const headerBytes = Math.ceil(json.byteLength / 8) * 8;
  if (headerBytes > maxHeaderBytes) {
    throw new WeightsError(`The header would take ${headerBytes} bytes; safetensors allows ${maxHeaderBytes}.`);
  }
  const header = new Uint8Array(lengthFieldBytes + headerBytes).fill(0x20);
  new DataView(header.buffer).setBigUint64(0, BigInt(headerBytes), true);
  header.set(json, lengthFieldBytes);
  return header;
}

function checkedMetadata(metadata: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  for (const [name, text] of Object.entries(metadata)) {
    if (typeof text !== "string") {
      throw new WeightsError(`Metadata ${JSON.stringify(name)} must be a string; got ${typeof text}.`);
    }
  }
  return metadata;
}

function bytesOf(data: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
