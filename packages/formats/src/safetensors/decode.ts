import type { Tensor } from "@alexnet/core";
import type { DecodedWeights } from "../weights.js";
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
  const tensors: [string, Tensor][] = [];
  const types: [string, string][] = [];
  const skipped: [string, string][] = [];
  for (const { name, type, dtype, shape, begin, end } of entries) {
    if (!dtype) {
      skipped.push([name, type]);
      continue;
    }
    tensors.push([name, { shape, data: dtype.read(bytes.buffer, start + begin, (end - begin) / dtype.size) }]);
    types.push([name, dtype.name]);
  }
  return {
    tensors: Object.fromEntries(tensors),
    types: Object.fromEntries(types),
    skipped: Object.fromEntries(skipped),
    metadata,
  };
}
