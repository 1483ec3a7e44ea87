import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { codeOf } from "./code-of.js";

/**
 * Makes a folder and those above it that are missing. Node's own recursive `mkdir` tries for ever where a folder is there in
 * which none can be made, as in Linux' /proc. Throws the system's error.
 */
export async function makeFolder(directory: string): Promise<void> {
  try {
    await mkdir(directory);
  } catch (cause) {
    const code = codeOf(cause);
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
