import { WeightsError } from "@alexnet/core";
import { type Budget, budgetFor } from "../binary/budget.js";
import { byteReader } from "../binary/byte-reader.js";
import type { PickleGlobal } from "../pickle/objects.js";
import { unpickle } from "../pickle/unpickle.js";
import { type DecodedWeights, sorted } from "../weights.js";
import { isZip, readZip } from "../zip/read-zip.js";
import { torchGlobals } from "./globals.js";
import { stateDictOf } from "./state-dict.js";
import { type Storage, storageDtypes, storageOf } from "./storage.js";

/** The first pickle of a file of `torch.save` before PyTorch 1.6 is this number. */
const LEGACY_MAGIC = 0x1950a86a20f9469cfc6cn;

/** Whether these are the first bytes of a file of the old layout: a pickle of protocol 2 of the number above. */
export function isLegacyPytorch(bytes: Uint8Array): boolean {
  const start = [0x80, 2, 0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];
  return start.every((byte, index) => bytes[index] === byte);
}

/**
 * Reads a file of `torch.save`, in the ZIP layout that PyTorch 1.6 and later write or in the older one: a `state_dict`, or a
 * training's checkpoint with one inside. Runs nothing: the pickle in it may name tensors, dicts, lists and numbers, and is
 * refused for anything else. Tensors that lie in order in their storage are views on `bytes`, and tensors that share a
 * storage share it here; others are put in order. float16 and bfloat16 are widened.
 *
 * Throws `WeightsError` for what is truncated, damaged, of another layout (TorchScript, TAR), or holds no weights.
 */
export function decodePytorch(bytes: Uint8Array): DecodedWeights {
  const budget = budgetFor(bytes.byteLength);
  const value = isZip(bytes) ? readZipLayout(bytes, budget) : readLegacyLayout(bytes, budget);
  const { path, tensors: found } = stateDictOf(value);
  const stored = [...found].map(([name, tensor]) => {
    const { storage, isFloating } = tensor;
    return [name, { type: storage.dtype.name, tensor: isFloating ? tensor.read(budget) : undefined }] as const;
  });
  return { ...sorted(stored), metadata: path === "" ? {} : { state_dict: path } };
}

function readZipLayout(bytes: Uint8Array, budget: Budget): unknown {
  const archive = readZip(bytes, budget);
  const pickle = archive.names.find((name) => name === "data.pkl" || name.endsWith("/data.pkl"));
  if (pickle === undefined) {
    throw new WeightsError("The ZIP archive has no data.pkl, so it was not written by torch.save.");
  }
  const folder = pickle.slice(0, -"data.pkl".length);
  if (archive.names.includes(`${folder}constants.pkl`)) {
    throw new WeightsError(
      "This is a program of TorchScript, not weights: load it in PyTorch and save its state_dict with torch.save.",
    );
  }
  const order = `${folder}byteorder`;
  if (archive.names.includes(order) && new TextDecoder().decode(archive.read(order)) !== "little") {
    throw new WeightsError("The file was written on a big-endian machine: this reader takes little-endian ones.");
  }
  const storages = storageTable((key) => archive.read(`${folder}data/${key}`), budget);
  return unpickle(archive.read(pickle), { globals: torchGlobals, persistent: storages }).value;
}

function readLegacyLayout(bytes: Uint8Array, budget: Budget): unknown {
  if (!isLegacyPytorch(bytes)) {
    throw new WeightsError(
      "This is no file of torch.save: it starts neither as a ZIP archive nor with its magic number.",
    );
  }
  const raw = new Map<string, Uint8Array>();
  const dtypes = new Map<string, { readonly size: number; readonly length: number }>();
  const storages = storageTable(
    (key) => raw.get(key) ?? new Uint8Array(0),
    budget,
    (key, size, length) => dtypes.set(key, { size, length }),
  );
  const options = { globals: torchGlobals, persistent: storages };
  let at = 0;
  const next = (): unknown => {
    const { value, end } = unpickle(bytes, options, at);
    at = end;
    return value;
  };
  if (next() !== LEGACY_MAGIC) throw new WeightsError("The file does not start with the magic number of torch.save.");
  next(); // The version of the protocol, which never changed.
  const system = next();
  if (system instanceof Map && system.get("little_endian") === false) {
    throw new WeightsError("The file was written on a big-endian machine: this reader takes little-endian ones.");
  }
  const value = next();
  const keys = next();
  if (!Array.isArray(keys)) throw new WeightsError("The file does not list its storages: it is damaged.");
  const reader = byteReader(bytes, "The file", at);
  for (const key of keys.map(String)) {
    const length = reader.u64();
    const expected = dtypes.get(key);
    if (expected?.length !== length)
      throw new WeightsError(`Storage ${JSON.stringify(key)} is not as long as it says.`);
    raw.set(key, reader.take(length * expected.size));
  }
  return value;
}

/**
 * What persistent ids stand for: `("storage", type, key, location, length)`, each storage one object however often it is
 * referred to. Old files add a part of a storage that is a storage of its own, which PyTorch no longer writes.
 */
function storageTable(
  bytesOf: (key: string) => Uint8Array,
  budget: Budget,
  onStorage?: (key: string, size: number, length: number) => void,
): (id: unknown) => Storage {
  const storages = new Map<string, Storage>();
  return (id) => {
    const [what, type, key, , length, part] = Array.isArray(id) ? id : [];
    const dtype = storageDtypes.get(typeNameOf(type));
    if (what !== "storage" || !dtype || !Number.isSafeInteger(length) || length < 0 || (part ?? null) !== null) {
      throw new WeightsError(`The pickle refers to a storage that this reader does not know: ${typeNameOf(type)}.`);
    }
    const name = String(key);
    const known = storages.get(name);
    if (known && (known.dtype !== dtype || known.length !== length)) {
      throw new WeightsError(`The pickle gives storage ${JSON.stringify(name)} two types or lengths.`);
    }
    const storage = known ?? storageOf(name, dtype, length, () => bytesOf(name), budget);
    storages.set(name, storage);
    onStorage?.(name, dtype.size, length);
    return storage;
  };
}

function typeNameOf(type: unknown): string {
  const { name = "" } = (type ?? {}) as Partial<PickleGlobal>;
  return String(name).replace(/^torch\./, "");
}
