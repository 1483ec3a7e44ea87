import { type FileStorage, openFiles } from "./files.js";
import type { StoredPictures } from "./stored-pictures.js";

/** Where encoded pictures lie: plain data, which threads are given. */
export type Storage = FileStorage;

const ways: { readonly [Kind in Storage["kind"]]: (storage: Extract<Storage, { kind: Kind }>) => StoredPictures } = {
  files: openFiles,
};

/** Opens pictures where they lie. */
export function openStorage(storage: Storage): StoredPictures {
  return ways[storage.kind](storage);
}
