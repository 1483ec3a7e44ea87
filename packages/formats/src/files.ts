import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { WeightsError } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";
import { describeFailure, readWhole, writeWhole } from "@alexnet/files";
import { type DecodeOptions, decodeWeights, type WeightsOfFormat } from "./decode-weights.js";
import type { ExternalData } from "./onnx/constant.js";

/**
 * Reads a file of weights in any format, told by its content; the files that an ONNX model keeps its values in are looked for
 * beside it. Throws `WeightsError`, which names the file.
 */
export function readWeights(path: string, options: Pick<DecodeOptions, "prototxt"> = {}): Promise<WeightsOfFormat> {
  return readDecoded(path, (bytes) => decodeWeights(bytes, { external: besides(path), ...options }));
}

/** Reads the files beside this one, each once. A name that leads elsewhere is none of them. */
function besides(path: string): ExternalData {
  const read = new Map<string, Uint8Array>();
  return (location) => {
    const known = read.get(location);
    if (known) return known;
    if (location !== basename(location) || location === "" || location === "..") return undefined;
    const file = join(dirname(path), location);
    if (!existsSync(file)) return undefined;
    const bytes = new Uint8Array(readFileSync(file));
    read.set(location, bytes);
    return bytes;
  };
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
