import { open } from "node:fs/promises";
import { codeOf } from "./code-of.js";

/** Writes the chunks as one file and returns once the disk has them. Leaves a partial file behind when it fails. */
export type WriteFile = (path: string, chunks: Iterable<Uint8Array>) => Promise<void>;

/** The real `WriteFile`. */
export const writeDurably: WriteFile = async (path, chunks) => {
  const file = await open(path, "w");
  try {
    for (const chunk of chunks) {
      let written = 0;
      while (written < chunk.byteLength) {
        written += (await file.write(chunk, written)).bytesWritten;
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
};

/** What file systems answer that cannot sync a folder; Windows cannot even open one. */
const unsupported: ReadonlySet<unknown> = new Set(["EINVAL", "ENOTSUP", "EPERM", "EACCES", "EISDIR"]);

/** Makes renames in a folder survive a power failure, where the file system can. */
export async function syncDirectory(path: string): Promise<void> {
  try {
    const directory = await open(path, "r");
    try {
      await directory.sync();
    } finally {
      await directory.close();
    }
  } catch (error) {
    if (!unsupported.has(codeOf(error))) {
      throw error;
    }
  }
}
