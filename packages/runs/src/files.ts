import { describeFailure, readIfThere as read, writeWhole as write } from "@alexnet/files";
import { RunFolderError } from "./errors.js";

/** Writes a file so that it is either whole or, after a failure, what it was before. Throws `RunFolderError`. */
export async function writeWhole(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await write(path, typeof content === "string" ? content : [content]);
  } catch (cause) {
    throw new RunFolderError(`Cannot write ${path}: ${describeFailure(cause)}.`, { cause });
  }
}

/** The text of a file, or `undefined` when it is not there. Throws `RunFolderError` for everything else. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await read(path);
  } catch (cause) {
    throw new RunFolderError(`Cannot read ${path}: ${describeFailure(cause)}.`, { cause });
  }
}
