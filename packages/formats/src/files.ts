import { WeightsError } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";
import { describeFailure, readWhole, writeWhole } from "@alexnet/files";
import { decodeWeights, type WeightsOfFormat } from "./decode-weights.js";

/** Reads a file of weights in any format, told by its content. Throws `WeightsError`, which names the file. */
export function readWeights(path: string): Promise<WeightsOfFormat> {
  return readDecoded(path, decodeWeights);
}

/** What a decoder makes of a file; its errors, and those of the disk, name the file. */
export async function readDecoded<Decoded>(path: string, decode: (bytes: Uint8Array) => Decoded): Promise<Decoded> {
  let bytes: Uint8Array;
  try {
    bytes = await readWhole(path);
  } catch (cause) {
    throw new WeightsError(`Cannot read the weights in ${path}: ${describeFailure(cause)}.`, { cause });
  }
  try {
    return decode(bytes);
  } catch (cause) {
    throw new WeightsError(`Cannot read the weights in ${path}: ${messageOf(cause)}`, { cause });
  }
}

/** Writes a file of weights, whole or not at all. Throws `WeightsError`, which names the file. */
export async function writeEncoded(path: string, chunks: Iterable<Uint8Array>): Promise<void> {
  try {
    await writeWhole(path, chunks);
  } catch (cause) {
    throw new WeightsError(`Cannot write the weights to ${path}: ${describeFailure(cause)}.`, { cause });
  }
}
