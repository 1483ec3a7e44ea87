import { type DecodedWeights, type StoredTensor, sorted } from "../weights.js";
import { parseHeader } from "./header.js";

/**
 * Reads a whole safetensors file. F32 and F64 tensors are views on `bytes` wherever their alignment allows it (always,
 * in a file written by `encodeSafetensors` and read into a buffer of its own), so leave `bytes` unchanged afterwards.
 *
 * Throws `WeightsError` for anything the format does not allow: a truncated file, a header longer than 100 MB or not
 * JSON, a name given twice, an element type it does not know, a shape that does not fit its bytes,
 * and tensors that overlap, leave holes or reach past the end. See https://github.com/huggingface/safetensors#format.
 */
export function decodeSafetensors(bytes: Uint8Array): DecodedWeights {
  const { entries, metadata, dataOffset } = parseHeader(bytes);
  const start = bytes.byteOffset + dataOffset;
  const stored = entries.map(({ name, type, dtype, shape, begin, end }): readonly [string, StoredTensor] => {
    if (!dtype) return [name, { type }];
    const data = dtype.read(bytes.buffer, start + begin, (end - begin) / dtype.size);
    return [name, { type: dtype.name, tensor: { shape, data } }];
  });
  return { ...sorted(stored), metadata };
}
