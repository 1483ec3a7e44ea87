import { codeOf } from "./code-of.js";
import { readWhole } from "./read-whole.js";

/** Of a text; longer ones are no texts that programs write for themselves. */
const MOST_BYTES = 256 * 2 ** 20;

/**
 * The text of a file, at most 256 MiB, or `undefined` when it is not there. Throws the system's error for everything else, and for what is
 * no file.
 */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await readWhole(path, MOST_BYTES));
  } catch (cause) {
    if (codeOf(cause) === "ENOENT") return undefined;
    throw cause;
  }
}
