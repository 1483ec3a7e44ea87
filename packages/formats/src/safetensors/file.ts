import type { TensorMap } from "@alexnet/core";
import { readDecoded, writeEncoded } from "../files.js";
import type { DecodedWeights } from "../weights.js";
import { decodeSafetensors } from "./decode.js";
import { encodeSafetensors } from "./encode.js";

/** Reads a safetensors file; F16 and BF16 are widened to float32. Throws `WeightsError`, which names the file. */
export function readSafetensors(path: string): Promise<DecodedWeights> {
  return readDecoded(path, decodeSafetensors);
}

/**
 * Writes a safetensors file. Atomic: a file of that name is replaced once the new one is whole and on the disk, and is
 * untouched after a failure. Throws `WeightsError`, which names the file.
 */
export async function writeSafetensors(
  path: string,
  tensors: TensorMap,
  metadata: Readonly<Record<string, string>> = {},
): Promise<void> {
  await writeEncoded(path, encodeSafetensors(tensors, metadata));
}
