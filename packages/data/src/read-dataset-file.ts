import { DatasetError } from "@alexnet/core";
import { describeFailure, readWhole } from "@alexnet/files";

/** What is read of a file at once: it is all in memory. */
export const mostFileBytes = 2 ** 31;

/** Lists of classes and the like. */
const MOST_TEXT = 64 * 2 ** 20;

/** The bytes of a file. Throws `DatasetError` when it cannot be read, or has more than `most`. */
export async function readDatasetFile(path: string, most = mostFileBytes): Promise<Uint8Array> {
  try {
    return await readWhole(path, most);
  } catch (cause) {
    throw new DatasetError(`Cannot read ${path}: ${describeFailure(cause)}.`, { cause });
  }
}

/** The text of a file of at most 64 MiB. Throws `DatasetError`. */
export async function readDatasetText(path: string): Promise<string> {
  return new TextDecoder().decode(await readDatasetFile(path, MOST_TEXT));
}
