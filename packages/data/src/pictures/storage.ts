import { type FileStorage, openFiles } from "./files.js";
import { openParquets, type ParquetStorage } from "./parquet/storage.js";
import type { StoredPictures } from "./stored-pictures.js";
import { openTars, type TarStorage } from "./tar/storage.js";

/** Where encoded pictures lie: plain data, which threads are given. */
export type Storage = FileStorage | TarStorage | ParquetStorage;

const ways: { readonly [Kind in Storage["kind"]]: (storage: Extract<Storage, { kind: Kind }>) => StoredPictures } = {
  files: openFiles,
  tar: openTars,
  parquet: openParquets,
};

/** Opens pictures where they lie. */
export function openStorage(storage: Storage): StoredPictures {
  // Each way is of the kind it stands beside.
  return (ways[storage.kind] as (storage: Storage) => StoredPictures)(storage);
}

/** Works on pictures where they lie, and closes them. */
export async function withStorage<Result>(
  storage: Storage,
  work: (stored: StoredPictures) => Promise<Result>,
): Promise<Result> {
  const stored = openStorage(storage);
  try {
    return await work(stored);
  } finally {
    await stored.close();
  }
}
