import { WeightsError } from "@alexnet/core";
import { byteReader } from "../binary/byte-reader.js";

/** A file in an archive, as the archive's directory has it. */
export interface ZipEntry {
  readonly name: string;
  /** 0 for stored, 8 for deflated. */
  readonly method: number;
  readonly crc: number;
  /** Bytes in the archive, and of the file itself. */
  readonly packedSize: number;
  readonly size: number;
  /** Where its local header starts. */
  readonly offset: number;
}

const END = 0x06054b50;
const END_64 = 0x06064b50;
const END_64_LOCATOR = 0x07064b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const LOCATOR_BYTES = 20;
/** What stands in a field of 32 bits whose value is in the extra fields, with 64. */
const ELSEWHERE = 0xffffffff;
const EXTRA_64 = 1;
const ENCRYPTED = 1;

/**
 * The directory of a ZIP archive (PKWARE's APPNOTE 6.3.10, ZIP64 included). Throws `WeightsError` for one that is
 * truncated, encrypted or names a file twice.
 */
export function zipDirectory(bytes: Uint8Array): readonly ZipEntry[] {
  const { count, offset } = endOf(bytes);
  const reader = byteReader(bytes, "The ZIP archive", offset);
  const names = new Set<string>();
  const entries: ZipEntry[] = [];
  for (let index = 0; index < count; index++) {
    const entry = readEntry();
    if (names.has(entry.name)) throw new WeightsError(`The ZIP archive holds ${JSON.stringify(entry.name)} twice.`);
    names.add(entry.name);
    entries.push(entry);
  }
  return entries;

  function readEntry(): ZipEntry {
    if (reader.u32() !== ENTRY) throw new WeightsError("The directory of the ZIP archive is damaged.");
    reader.take(4);
    const flags = reader.u16();
    const method = reader.u16();
    reader.take(4);
    const crc = reader.u32();
    const sizes = { packedSize: reader.u32(), size: reader.u32(), offset: 0 };
    const [nameLength, extraLength, commentLength] = [reader.u16(), reader.u16(), reader.u16()];
    reader.take(8);
    sizes.offset = reader.u32();
    const name = new TextDecoder().decode(reader.take(nameLength));
    readExtra(reader.take(extraLength), sizes);
    reader.take(commentLength);
    if (flags & ENCRYPTED) throw new WeightsError(`${JSON.stringify(name)} in the ZIP archive is encrypted.`);
    return { name, method, crc, ...sizes };
  }
}

/** Fills in what does not fit into 32 bits; the fields stand in this order, and only those that are needed. */
function readExtra(extra: Uint8Array, sizes: { size: number; packedSize: number; offset: number }): void {
  const reader = byteReader(extra, "The directory of the ZIP archive");
  while (reader.left >= 4) {
    const id = reader.u16();
    const field = byteReader(reader.take(reader.u16()), "The directory of the ZIP archive");
    if (id !== EXTRA_64) continue;
    for (const name of ["size", "packedSize", "offset"] as const) {
      if (sizes[name] === ELSEWHERE) sizes[name] = field.u64();
    }
  }
}

/** How many entries there are and where they start. */
function endOf(bytes: Uint8Array): { readonly count: number; readonly offset: number } {
  const at = findEnd(bytes);
  const reader = byteReader(bytes, "The ZIP archive", at + 10);
  const [count, , offset] = [reader.u16(), reader.u32(), reader.u32()];
  if (count !== 0xffff && offset !== ELSEWHERE) return { count, offset };
  const locator = byteReader(bytes, "The ZIP archive", Math.max(0, at - LOCATOR_BYTES));
  if (locator.u32() !== END_64_LOCATOR) return { count, offset };
  locator.take(4);
  const end = byteReader(bytes, "The ZIP archive", locator.u64());
  if (end.u32() !== END_64) throw new WeightsError("The directory of the ZIP archive is damaged.");
  end.take(28);
  const count64 = end.u64();
  end.take(8);
  return { count: count64, offset: end.u64() };
}

/** The end record is the last thing but for a comment of up to 65535 bytes. */
function findEnd(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const first = Math.max(0, bytes.byteLength - END_BYTES - 0xffff);
  for (let at = bytes.byteLength - END_BYTES; at >= first; at--) {
    if (view.getUint32(at, true) === END) return at;
  }
  throw new WeightsError("The ZIP archive has no directory: the file is truncated, or none.");
}
