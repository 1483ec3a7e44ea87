import { join } from "node:path";
import { readPicture } from "../image/read-picture.js";
import { type PackedTexts, textAt } from "./packed-texts.js";
import type { StoredPictures } from "./stored-pictures.js";

/** Pictures in files of their own. */
export interface FileStorage {
  readonly kind: "files";
  readonly root: string;
  /** Paths in the root, with `/` between folders. */
  readonly paths: PackedTexts;
}

export function openFiles({ root, paths }: FileStorage): StoredPictures {
  return {
    async read(index) {
      const name = join(root, textAt(paths, index));
      return { name, bytes: await readPicture(name) };
    },
    // Each is closed when it has been read.
    async close() {},
  };
}
