import { type Shape, type Tensor, type TensorMap, WeightsError } from "@alexnet/core";
import { budgetFor } from "../binary/budget.js";
import { byteReader } from "../binary/byte-reader.js";
import { unpickle } from "../pickle/unpickle.js";
import { type DecodedWeights, type StoredTensor, sorted } from "../weights.js";
import { arrayTensor, type EncodedArray } from "./array.js";
import { numpyGlobals, PickledArray } from "./globals.js";
import { pickledLayers } from "./pickled-layers.js";

const MAGIC = [0x93, ...new TextEncoder().encode("NUMPY")];
const OBJECTS = "|O";

/** Whether these are the first bytes of a `.npy` file. */
export function isNpy(bytes: Uint8Array): boolean {
  return MAGIC.every((byte, index) => bytes[index] === byte);
}

/**
 * The array in a `.npy` file (NumPy's format 1.0 to 3.0, numpy.lib.format). Throws `WeightsError` for a damaged file, and for
 * Python objects and types that no weights have.
 */
export function decodeNpy(bytes: Uint8Array): Tensor {
  const array = parseNpy(bytes);
  if (array.descr === OBJECTS) throw new WeightsError("The array holds Python objects, not numbers.");
  const decoded = arrayTensor(array, budgetFor(bytes.byteLength));
  if (!decoded.tensor) throw new WeightsError(`The array is of type ${decoded.type}, which no weights have.`);
  return decoded.tensor;
}

/** What a `.npy` file says of its array, and the bytes behind it. */
export function parseNpy(bytes: Uint8Array): EncodedArray {
  if (!isNpy(bytes)) throw new WeightsError("This is no .npy file: it does not start with NumPy's magic bytes.");
  const reader = byteReader(bytes, "The .npy file", MAGIC.length);
  const version = reader.u16() & 255;
  const header = new TextDecoder("latin1").decode(reader.take(version === 1 ? reader.u16() : reader.u32()));
  const [, descr] = /'descr'\s*:\s*'([^']*)'/.exec(header) ?? [];
  const [, order] = /'fortran_order'\s*:\s*(True|False)/.exec(header) ?? [];
  const [, extents] = /'shape'\s*:\s*\(([\d,\sL]*)\)/.exec(header) ?? [];
  if (descr === undefined || order === undefined || extents === undefined) {
    throw new WeightsError("The header of the .npy file does not say type, order and shape of one array of numbers.");
  }
  const shape = (extents.match(/\d+/g) ?? []).map(Number);
  if (!shape.every(Number.isSafeInteger)) throw new WeightsError(`The .npy file claims the shape (${extents}).`);
  return { descr, shape, fortran: order === "True", bytes: reader.take(reader.left) };
}

/**
 * The weights in a `.npy` file that is a dict of layers, as `bvlc_alexnet.npy` is: each layer's list of weights and biases, or
 * dict of arrays. They are called `conv1/weights` and `conv1/biases`. The dict is a pickle, read as `decodePytorch` reads
 * one: nothing is run. Throws `WeightsError`.
 */
export function decodeNpyLayers(bytes: Uint8Array): DecodedWeights {
  const { descr, bytes: pickle } = parseNpy(bytes);
  if (descr !== OBJECTS) {
    throw new WeightsError("The .npy file holds one array, not weights by layer. A .npz file has several by name.");
  }
  const { value } = unpickle(pickle, { globals: numpyGlobals });
  const [layers] = value instanceof PickledArray ? (value.objects ?? []) : [];
  if (!(layers instanceof Map)) throw new WeightsError("The .npy file holds no dict of layers.");
  const budget = budgetFor(bytes.byteLength);
  const stored: [string, StoredTensor][] = [];
  for (const [layer, parameters] of layers) {
    for (const [name, array] of parametersOf(String(layer), parameters)) {
      if (!(array instanceof PickledArray)) throw new WeightsError(`${JSON.stringify(name)} is no array.`);
      stored.push([name, arrayTensor(encoded(array), budget)]);
    }
  }
  return { ...sorted(stored), metadata: {} };
}

const LISTED = ["weights", "biases"];

function parametersOf(layer: string, parameters: unknown): [name: string, array: unknown][] {
  if (parameters instanceof Map) return [...parameters].map(([name, array]) => [`${layer}/${name}`, array]);
  const listed = parameters instanceof PickledArray ? parameters.objects : parameters;
  if (!Array.isArray(listed) || listed.length > LISTED.length) {
    throw new WeightsError(`The layer ${JSON.stringify(layer)} is no list of weights and biases.`);
  }
  return listed.map((array, index) => [`${layer}/${LISTED[index]}`, array]);
}

function encoded({ dtype, shape, fortran, bytes }: PickledArray): EncodedArray {
  return { descr: dtype?.text ?? "", shape, fortran, bytes };
}

/**
 * Weights by layer as a `.npy` file with a dict of lists, as `bvlc_alexnet.npy` is, in chunks to be written one after the other:
 * `numpy.load(path, allow_pickle=True).item()` gives it. Tensors are called `conv1/weights` and `conv1/biases`
 * (`toLayout` makes them). Throws `WeightsError` for other names.
 */
export function encodeNpyLayers(tensors: TensorMap): Uint8Array[] {
  const layers = new Map<string, Tensor[]>();
  for (const [name, tensor] of Object.entries(tensors)) {
    const [, layer, what] = /^(.*)\/([^/]*)$/s.exec(name) ?? [];
    const list = layers.get(layer ?? "") ?? [];
    if (layer === undefined || what !== LISTED[list.length]) {
      throw new WeightsError(`${JSON.stringify(name)} is not the weights or biases of a layer, "conv1/weights".`);
    }
    layers.set(layer, [...list, tensor]);
  }
  return [npyHeader(OBJECTS, []), ...pickledLayers(layers)];
}

/** A tensor as it stands in a `.npy` file, in two chunks: the header and a view on the values. */
export function encodeNpy({ shape, data }: Tensor): Uint8Array[] {
  const descr = data instanceof Float64Array ? "<f8" : "<f4";
  return [npyHeader(descr, shape), new Uint8Array(data.buffer, data.byteOffset, data.byteLength)];
}

/** The header of format 1.0, which ends at a multiple of 64 bytes. */
function npyHeader(descr: string, shape: Shape): Uint8Array {
  const extents = shape.length === 1 ? `${shape[0]},` : shape.join(", ");
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': (${extents}), }`;
  const before = MAGIC.length + 4;
  const length = Math.ceil((before + dict.length + 1) / 64) * 64 - before;
  const text = new TextEncoder().encode(`${dict.padEnd(length - 1)}\n`);
  return Uint8Array.of(...MAGIC, 1, 0, length & 255, length >> 8, ...text);
}
