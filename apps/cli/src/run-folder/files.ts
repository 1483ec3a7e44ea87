import { randomUUID } from "node:crypto";
import { open, readFile, rename, rm } from "node:fs/promises";
import { describeFailure, RunFolderError } from "../errors.js";

/** Writes a file so that it is either whole or, after a failure, what it was before. Throws `RunFolderError`. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    const file = await open(partial, "w");
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true });
    throw new RunFolderError(`Cannot write ${path}: ${describeFailure(cause)}.`, { cause });
  }
}

/** The text of a file, or `undefined` when it is not there. Throws `RunFolderError` for everything else. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new RunFolderError(`Cannot read ${path}: ${describeFailure(cause)}.`, { cause });
  }
}
