import { WeightsError } from "@alexnet/core";
import { inflateSync } from "fflate";
import type { Budget } from "../binary/budget.js";
import { byteReader } from "../binary/byte-reader.js";
import { crc32 } from "../binary/crc32.js";
import { type ZipEntry, zipDirectory } from "./directory.js";

/** An archive in memory. */
export interface ZipArchive {
  /** Names of its files, in the order of its directory. */
  readonly names: readonly string[];
  /** A file: a view on the archive where it is stored as it is, else inflated. Throws `WeightsError` for a damaged one. */
  read(name: string): Uint8Array;
}

const LOCAL = 0x04034b50;
const STORED = 0;
const DEFLATED = 8;

/** Whether these are the first bytes of a ZIP archive. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/**
 * Opens a ZIP archive. Files that are stored are not copied, which for weights is the time it takes, and nothing is
 * inflated beyond what the directory says and the budget has: this is why the directory is read here, and only inflating is
 * fflate's.
 */
export function readZip(bytes: Uint8Array, budget: Budget): ZipArchive {
  const entries = new Map(zipDirectory(bytes).map((entry) => [entry.name, entry] as const));
  return {
    names: [...entries.keys()],
    read(name) {
      const entry = entries.get(name);
      if (!entry) throw new WeightsError(`The archive lacks ${JSON.stringify(name)}.`);
      const data = unpacked(entry, packedBytes(bytes, entry), budget);
      if (data.byteLength !== entry.size || crc32(data) !== entry.crc) {
        throw new WeightsError(`${JSON.stringify(name)} in the archive is damaged: its checksum does not fit.`);
      }
      return data;
    },
  };
}

function packedBytes(bytes: Uint8Array, { offset, packedSize }: ZipEntry): Uint8Array {
  const reader = byteReader(bytes, "The ZIP archive", Math.min(offset, bytes.byteLength));
  if (reader.u32() !== LOCAL) throw new WeightsError("The directory of the ZIP archive is damaged.");
  reader.take(22);
  const [nameLength, extraLength] = [reader.u16(), reader.u16()];
  reader.take(nameLength + extraLength);
  return reader.take(packedSize);
}

function unpacked({ name, method, size }: ZipEntry, packed: Uint8Array, budget: Budget): Uint8Array {
  if (method === STORED) return packed;
  if (method !== DEFLATED) {
    throw new WeightsError(`${JSON.stringify(name)} in the archive is packed by method ${method}, not by deflate.`);
  }
  budget.spend(size, JSON.stringify(name));
  try {
    // With one byte to spare, so that more than was said shows in the length.
    return inflateSync(packed, { out: new Uint8Array(size + 1) });
  } catch (cause) {
    throw new WeightsError(`${JSON.stringify(name)} in the archive is damaged: it cannot be inflated.`, { cause });
  }
}
