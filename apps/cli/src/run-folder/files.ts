import { randomUUID } from "node:crypto";
import { mkdir, open, readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { describeFailure, RunFolderError } from "../errors.js";

/**
 * Makes a folder and those above it that are missing. Node's own recursive `mkdir` tries for ever where a folder is there in
 * which none can be made, as in Linux' /proc.
 */
export async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "EEXIST" && (await isFolder(directory))) return;
    const parent = dirname(resolve(directory));
    if (code !== "ENOENT" || (await isFolder(parent))) throw cause;
    await makeFolder(parent);
    await mkdir(directory);
  }
}

/** Whether a folder is there. */
export async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

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
