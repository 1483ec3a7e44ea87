import { WeightsError } from "@alexnet/core";
import { budgetFor } from "./binary/budget.js";
import { decodeCaffe } from "./caffe/decode.js";
import { decodeNpyLayers, isNpy } from "./numpy/npy.js";
import { decodeNpz } from "./numpy/npz.js";
import type { ExternalData } from "./onnx/constant.js";
import { decodeOnnx } from "./onnx/decode.js";
import { decodePytorch, isLegacyPytorch } from "./pytorch/decode.js";
import { decodeSafetensors } from "./safetensors/decode.js";
import { decodeTfjs } from "./tfjs/decode.js";
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
  decode(bytes: Uint8Array, options: DecodeOptions): DecodedWeights;
}

/** What some formats take beside the file. */
export interface DecodeOptions {
  /** The files beside it, in which large ONNX models keep their values. */
  readonly external?: ExternalData;
  /** For Caffe: the text of a `deploy.prototxt`, which says the net instead of the file. */
  readonly prototxt?: string;
}

/** The formats that are read, in the order in which a file is tried. */
export const weightsFormats: readonly WeightsFormat[] = [
  { name: "PyTorch", extensions: [".pth", ".pt"], matches: isPytorch, decode: decodePytorch },
  { name: "NumPy archive", extensions: [".npz"], matches: isNpz, decode: decodeNpz },
  { name: "NumPy layers", extensions: [".npy"], matches: isNpy, decode: decodeNpyLayers },
  { name: "TensorFlow.js", extensions: ["model.json"], matches: isJson, decode: decodeTfjs },
  { name: "ONNX", extensions: [".onnx"], matches: isOnnx, decode: decodeOnnx },
  { name: "Caffe", extensions: [".caffemodel"], matches: isCaffe, decode: decodeCaffe },
  { name: "safetensors", extensions: [".safetensors"], matches: isSafetensors, decode: decodeSafetensors },
];

/** Weights, and the format that they were in. */
export interface WeightsOfFormat extends DecodedWeights {
  readonly format: string;
}

/**
 * Reads weights in any format, told by the content and not by the name of the file. Throws `WeightsError` for a file of none.
 */
export function decodeWeights(bytes: Uint8Array, options: DecodeOptions = {}): WeightsOfFormat {
  const format = weightsFormats.find((candidate) => candidate.matches(bytes));
  if (!format) {
    const known = weightsFormats.flatMap(({ extensions }) => extensions).join(", ");
    throw new WeightsError(`This is no file of weights in a format that is read (${known}), or it is damaged.`);
  }
  return { format: format.name, ...format.decode(bytes, options) };
}

function isPytorch(bytes: Uint8Array): boolean {
  return isLegacyPytorch(bytes) || (isZip(bytes) && !isNpz(bytes));
}

function isNpz(bytes: Uint8Array): boolean {
  return isZip(bytes) && readZip(bytes, budgetFor(bytes.byteLength)).names.some((name) => name.endsWith(".npy"));
}

/** An object of JSON, with text where safetensors has the upper bytes of a length. */
function isJson(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7b && bytes.byteLength > 8 && bytes.subarray(0, 8).every((byte) => byte >= 9);
}

/** A `ModelProto` starts with the version of its IR. */
function isOnnx(bytes: Uint8Array): boolean {
  return bytes[0] === 0x08 && !isSafetensors(bytes);
}

/** A `NetParameter` starts with its name, or with a layer of either age. */
function isCaffe(bytes: Uint8Array): boolean {
  const [first, second] = bytes;
  return (first === 0x0a || first === 0x12 || (first === 0xa2 && second === 0x06)) && !isSafetensors(bytes);
}

/** The length of a header, and the header, which is JSON. */
function isSafetensors(bytes: Uint8Array): boolean {
  return bytes[8] === 0x7b;
}
