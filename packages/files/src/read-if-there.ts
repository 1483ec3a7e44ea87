import { readFile } from "node:fs/promises";

/** The text of a file, or `undefined` when it is not there. Throws the system's error for everything else. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw cause;
  }
}
