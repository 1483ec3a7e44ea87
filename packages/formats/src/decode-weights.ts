import { WeightsError } from "@alexnet/core";
import { budgetFor } from "./binary/budget.js";
import { decodeNpyLayers, isNpy } from "./numpy/npy.js";
import { decodeNpz } from "./numpy/npz.js";
import { decodePytorch, isLegacyPytorch } from "./pytorch/decode.js";
import { decodeSafetensors } from "./safetensors/decode.js";
import type { DecodedWeights } from "./weights.js";
import { isZip, readZip } from "./zip/read-zip.js";

/** A format of weights, and how to tell it and read it. */
export interface WeightsFormat {
  /** `PyTorch`. */
  readonly name: string;
  /** What its files are called, for messages. */
  readonly extensions: readonly string[];
  /** Whether a file is of this format, by its content. */
  matches(bytes: Uint8Array): boolean;
  /** Reads it. Throws `WeightsError`. */
  decode(bytes: Uint8Array): DecodedWeights;
}

/** The formats that are read, in the order in which a file is tried. */
export const weightsFormats: readonly WeightsFormat[] = [
  { name: "PyTorch", extensions: [".pth", ".pt"], matches: isPytorch, decode: decodePytorch },
  { name: "NumPy archive", extensions: [".npz"], matches: isNpz, decode: decodeNpz },
  { name: "NumPy layers", extensions: [".npy"], matches: isNpy, decode: decodeNpyLayers },
  { name: "safetensors", extensions: [".safetensors"], matches: isSafetensors, decode: decodeSafetensors },
];

/** Weights, and the format that they were in. */
export interface WeightsOfFormat extends DecodedWeights {
  readonly format: string;
}

/**
 * Reads weights in any format, told by the content and not by the name of the file. Throws `WeightsError` for a file of none.
 */
export function decodeWeights(bytes: Uint8Array): WeightsOfFormat {
  const format = weightsFormats.find((candidate) => candidate.matches(bytes));
  if (!format) {
    const known = weightsFormats.flatMap(({ extensions }) => extensions).join(", ");
    throw new WeightsError(`This is no file of weights in a format that is read (${known}), or it is damaged.`);
  }
  return { format: format.name, ...format.decode(bytes) };
}

function isPytorch(bytes: Uint8Array): boolean {
  return isLegacyPytorch(bytes) || (isZip(bytes) && !isNpz(bytes));
}

function isNpz(bytes: Uint8Array): boolean {
  return isZip(bytes) && readZip(bytes, budgetFor(bytes.byteLength)).names.some((name) => name.endsWith(".npy"));
}

/** The length of a header, and the header, which is JSON. Anything short is left to the reader, which says what is wrong. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes.byteLength < 9 || bytes[8] === 0x7b;
}
