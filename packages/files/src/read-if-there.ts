import { readFile } from "node:fs/promises";
import { codeOf } from "./code-of.js";

/** The text of a file, or `undefined` when it is not there. Throws the system's error for everything else. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}
