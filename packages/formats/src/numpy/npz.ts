import { type TensorMap, WeightsError } from "@alexnet/core";
import { Zip, ZipPassThrough } from "fflate";
import { budgetFor } from "../binary/budget.js";
import { type DecodedWeights, sorted } from "../weights.js";
import { readZip } from "../zip/read-zip.js";
import { arrayTensor } from "./array.js";
import { encodeNpy, parseNpy } from "./npy.js";

const SUFFIX = ".npy";

/**
 * Reads the arrays of a `.npz` file, written by `numpy.savez` or `savez_compressed`, by name. Arrays that are not compressed
 * are views on `bytes` where they are aligned. Throws `WeightsError`.
 */
export function decodeNpz(bytes: Uint8Array): DecodedWeights {
  const budget = budgetFor(bytes.byteLength);
  const archive = readZip(bytes, budget);
  const stored = archive.names.map((file) => {
    if (!file.endsWith(SUFFIX)) throw new WeightsError(`The archive holds ${JSON.stringify(file)}, which is no array.`);
    const name = file.slice(0, -SUFFIX.length);
    return [name, arrayTensor(parseNpy(archive.read(file)), budget)] as const;
  });
  return { ...sorted(stored), metadata: {} };
}

/** Tensors as a `.npz` file, in chunks to be written one after the other: `numpy.load` gives them by their names. */
export function encodeNpz(tensors: TensorMap): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  const zip = new Zip((error, chunk) => {
    if (error) throw new WeightsError(`The archive cannot be written: ${error.message}`, { cause: error });
    chunks.push(chunk);
  });
  for (const [name, tensor] of Object.entries(tensors)) {
    const file = new ZipPassThrough(`${name}${SUFFIX}`);
    // The same bytes for the same tensors, whenever they are written: the first day that ZIP has.
    file.mtime = new Date(1980, 0, 1);
    zip.add(file);
    const [header, data] = encodeNpy(tensor);
    file.push(header!);
    file.push(data!, true);
  }
  zip.end();
  return chunks;
}
