import { type TensorMap, WeightsError } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";
import { describeFailure, readWhole, writeWhole } from "@alexnet/files";
import { type DecodedSafetensors, decodeSafetensors } from "./decode.js";
import { encodeSafetensors } from "./encode.js";

/** Reads a safetensors file; F16 and BF16 are widened to float32. Throws `WeightsError`, which names the file. */
export async function readSafetensors(path: string): Promise<DecodedSafetensors> {
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(path);
  } catch (cause) {
    throw new WeightsError(`Cannot read the weights in ${path}: ${describeFailure(cause)}.`, { cause });
  }
  try {
    return decodeSafetensors(bytes);
  } catch (cause) {
    throw new WeightsError(`Cannot read the weights in ${path}: ${messageOf(cause)}`, { cause });
  }
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
  const chunks = encodeSafetensors(tensors, metadata);
  try {
    await writeWhole(path, chunks);
  } catch (cause) {
    throw new WeightsError(`Cannot write the weights to ${path}: ${describeFailure(cause)}.`, { cause });
  }
}
