import { join } from "node:path";
import { types } from "node:util";
import { DatasetError } from "@alexnet/core";
import { fieldsOf } from "@alexnet/core/support";
import type { StoredPictures } from "../stored-pictures.js";
import { columnOf, openParquet, type ParquetFile } from "./file.js";

/** Pictures in Parquet files, whose rows are read in groups. */
export interface ParquetStorage {
  readonly kind: "parquet";
  readonly root: string;
  /** Paths of the files in the root. */
  readonly files: readonly string[];
  /** Of each group of rows: its file, its first row, and the one after its last. */
  readonly groups: readonly (readonly [file: number, start: number, end: number])[];
  /** Of each picture: its group, and its row in the file. */
  readonly group: Float64Array;
  readonly rows: Float64Array;
}

/** So much is kept of groups that have been read: those that are shuffled together should find room in it. */
const MOST_BYTES = 256 * 2 ** 20;

export function openParquets({ root, files, groups, group, rows }: ParquetStorage): StoredPictures {
  const opened = new Map<number, Promise<ParquetFile>>();
  const kept = new Map<number, { readonly pictures: Promise<readonly unknown[]>; bytes: number }>();

  function fileOf(which: number): Promise<ParquetFile> {
    const file = opened.get(which) ?? openParquet(join(root, files[which]!));
    opened.set(which, file);
    return file;
  }

  async function readGroup([which, start, end]: readonly [number, number, number]): Promise<readonly unknown[]> {
    const file = await fileOf(which);
    return columnOf(file, file.picture, start, end);
  }

  /** The pictures of a group; those that were not asked for for longest make room. */
  function picturesOf(number: number): Promise<readonly unknown[]> {
    const known = kept.get(number);
    if (known) {
      kept.delete(number);
      kept.set(number, known);
      return known.pictures;
    }
    const entry = { pictures: readGroup(groups[number]!), bytes: 0 };
    kept.set(number, entry);
    entry.pictures.then(
      (pictures) => {
        entry.bytes = pictures.reduce<number>((sum, picture) => sum + (bytesOf(picture)?.byteLength ?? 0), 0);
        makeRoom();
      },
      () => kept.delete(number),
    );
    return entry.pictures;
  }

  function makeRoom(): void {
    let total = [...kept.values()].reduce((sum, { bytes }) => sum + bytes, 0);
    for (const [number, { bytes }] of kept) {
      if (total <= MOST_BYTES || kept.size === 1) return;
      kept.delete(number);
      total -= bytes;
    }
  }

  return {
    async close() {
      const files = await Promise.allSettled(opened.values());
      opened.clear();
      kept.clear();
      for (const file of files) if (file.status === "fulfilled") await file.value.close();
    },
    async read(index) {
      const number = group[index]!;
      const [which, start] = groups[number]!;
      const row = rows[index]!;
      const name = `The picture in row ${row} of ${join(root, files[which]!)}`;
      const bytes = bytesOf((await picturesOf(number))[row - start]);
      if (!bytes) throw new DatasetError(`${name} is missing: there are no bytes.`);
      return { name, bytes };
    },
  };
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (types.isUint8Array(value)) return value;
  const { bytes } = fieldsOf(value);
  return types.isUint8Array(bytes) ? bytes : undefined;
}
