import { sizeOf, WeightsError } from "@alexnet/core";
import { aligned } from "../binary/aligned.js";
import type { Budget } from "../binary/budget.js";
import { widenFloat16 } from "../binary/half-precision.js";
import { joined } from "../binary/joined.js";
import { field } from "../json.js";
import type { ExternalData } from "../onnx/constant.js";
import type { StoredTensor } from "../weights.js";

/** A weight in a manifest of TensorFlow.js. */
interface Entry {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
  /** How it was made smaller: whole numbers that are scaled, or float16. */
  readonly quantization?: { readonly dtype: string; readonly scale?: number; readonly min?: number };
}

const bytesOf: Readonly<Record<string, number>> = { float32: 4, int32: 4, uint16: 2, float16: 2, uint8: 1, bool: 1 };

/**
 * The weights of a `weightsManifest` by name: groups of files that follow each other, in which the weights follow each other.
 * Throws `WeightsError` for a manifest that is damaged or does not fit its files.
 */
export function readManifest(
  manifest: unknown,
  files: ExternalData,
  budget: Budget,
): ReadonlyMap<string, StoredTensor> {
  const found = new Map<string, StoredTensor>();
  for (const group of listOf(manifest, "weightsManifest")) {
    const bytes = joinedFiles(listOf(field(group, "paths"), "paths"), files, budget);
    let at = 0;
    for (const described of listOf(field(group, "weights"), "weights")) {
      const entry = entryOf(described);
      const size = sizeOf(entry.shape);
      const stored = entry.quantization?.dtype ?? entry.dtype;
      const elementBytes = Object.hasOwn(bytesOf, stored) ? bytesOf[stored] : undefined;
      if (elementBytes === undefined) throw new WeightsError(`${JSON.stringify(entry.name)} is of type ${stored}.`);
      const length = size * elementBytes;
      if (length > bytes.byteLength - at) {
        throw new WeightsError(
          `The weights end in the middle of ${JSON.stringify(entry.name)}: a file is truncated, or is not of this model.`,
        );
      }
      const values = valuesOf(entry, stored, bytes.subarray(at, at + length), budget);
      found.set(entry.name, { type: stored, ...(values && { tensor: { shape: entry.shape, data: values } }) });
      at += length;
    }
  }
  return found;
}

function valuesOf(
  { name, dtype, quantization }: Entry,
  stored: string,
  bytes: Uint8Array,
  budget: Budget,
): Float32Array | undefined {
  if (dtype !== "float32") return undefined;
  const what = JSON.stringify(name);
  const { buffer, byteOffset, byteLength } = bytes;
  if (stored === "float32") {
    if (byteOffset % 4 !== 0) budget.spend(byteLength, what);
    return new Float32Array(...aligned(4, buffer, byteOffset, byteLength / 4));
  }
  const elements = byteLength / bytesOf[stored]!;
  budget.spend(4 * elements, what);
  if (stored === "float16") return widenFloat16(new Uint16Array(...aligned(2, buffer, byteOffset, elements)));
  const { scale = 1, min = 0 } = quantization ?? {};
  const levels = stored === "uint8" ? bytes : new Uint16Array(...aligned(2, buffer, byteOffset, elements));
  const values = new Float32Array(elements);
  for (let index = 0; index < elements; index++) values[index] = levels[index]! * scale + min;
  return values;
}

function joinedFiles(paths: readonly unknown[], files: ExternalData, budget: Budget): Uint8Array {
  const parts = paths.map((path) => {
    const bytes = files(String(path));
    if (!bytes)
      throw new WeightsError(`The weights are in ${JSON.stringify(path)} beside the model, which was not given.`);
    return bytes;
  });
  if (parts.length > 1)
    budget.spend(
      parts.reduce((sum, { byteLength }) => sum + byteLength, 0),
      "The weights",
    );
  return joined(parts, Uint8Array);
}

function entryOf(value: unknown): Entry {
  const [name, shape, dtype] = [field(value, "name"), field(value, "shape"), field(value, "dtype")];
  const isShape = Array.isArray(shape) && shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0);
  if (typeof name !== "string" || !isShape || typeof dtype !== "string") {
    throw new WeightsError("A weight of the manifest has no name, shape and dtype.");
  }
  const quantization = field(value, "quantization");
  if (quantization === undefined) return { name, shape, dtype };
  const [stored, scale, min] = [field(quantization, "dtype"), field(quantization, "scale"), field(quantization, "min")];
  return {
    name,
    shape,
    dtype,
    quantization: {
      dtype: String(stored),
      ...(typeof scale === "number" && { scale }),
      ...(typeof min === "number" && { min }),
    },
  };
}

function listOf(value: unknown, name: string): readonly unknown[] {
  if (!Array.isArray(value)) throw new WeightsError(`The model.json has no list ${name}.`);
  return value;
}
