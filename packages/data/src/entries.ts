import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError } from "@alexnet/core";
import { describeFailure, isFolder } from "@alexnet/files";

/** What lies in a folder. */
export interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/**
 * What lies in a folder, sorted by the code of the letters, the same on every machine; hidden ones are left out, and links are what
 * they lead to. Throws `DatasetError` when it cannot be read.
 */
export async function entriesOf(directory: string): Promise<readonly Entry[]> {
  try {
    const entries = (await readdir(directory, { withFileTypes: true })).filter(({ name }) => !name.startsWith("."));
    const found = await Promise.all(
      entries.map(async (entry) => ({
        name: entry.name,
        isFolder: entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(directory, entry.name)))),
      })),
    );
    return found.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new DatasetError(`Cannot read the folder ${directory}: ${describeFailure(cause)}.`, { cause });
  }
}
