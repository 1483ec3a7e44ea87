import type { Tensor, TensorMap } from "@alexnet/core";
import { parseHeader } from "./header.js";

/** What a safetensors file holds. */
export interface DecodedSafetensors {
  /** Tensors by name; F16 and BF16 are widened to float32. */
  readonly tensors: TensorMap;
  /** Tensors of whole numbers and other types that no parameter has, by name: left out, and their type in the file. */
  readonly skipped: Readonly<Record<string, string>>;
  /** The file's free text; empty where it has none. */
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * Reads a whole safetensors file. F32 and F64 tensors are views on `bytes` wherever their alignment allows it (always,
 * in a file written by `encodeSafetensors` and read into a buffer of its own), so leave `bytes` unchanged afterwards.
 *
 * Throws `WeightsError` for anything the format does not allow: a truncated file, a header longer than 100 MB or not
 * JSON, a name given twice, an element type it does not know, a shape that does not fit its bytes,
 * and tensors that overlap, leave holes or reach past the end. See https://github.com/huggingface/safetensors#format.
 */
export function decodeSafetensors(bytes: Uint8Array): DecodedSafetensors {
  const { entries, metadata, dataOffset } = parseHeader(bytes);
  const start = bytes.byteOffset + dataOffset;
  const tensors: [string, Tensor][] = [];
  const skipped: [string, string][] = [];
  for (const { name, type, dtype, shape, begin, end } of entries) {
    if (!dtype) skipped.push([name, type]);
    else tensors.push([name, { shape, data: dtype.read(bytes.buffer, start + begin, (end - begin) / dtype.size) }]);
  }
  return { tensors: Object.fromEntries(tensors), skipped: Object.fromEntries(skipped), metadata };
}
