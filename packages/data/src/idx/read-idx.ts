import { readFile } from "node:fs/promises";
import { DatasetError } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";
import { describeFailure } from "@alexnet/files";
import { type Gunzipped, gunzip } from "./gunzip.js";
import { type IdxArray, parseIdx } from "./parse-idx.js";

/**
 * Reads an IDX file of uint8, gzipped or not. Throws `DatasetError`, which names the file, when it is missing,
 * truncated or something else.
 */
export async function readIdx(path: string): Promise<IdxArray> {
  return decodeIdx(await readDatasetFile(path), path);
}

/** `readIdx` for a file in memory; `file` names it in errors. */
export async function decodeIdx(bytes: Uint8Array, file: string): Promise<IdxArray> {
  let gunzipped: Gunzipped;
  try {
    gunzipped = await gunzip(bytes);
  } catch (cause) {
    throw new DatasetError(`${file} is damaged: its gzip data cannot be read (${messageOf(cause)}).`, {
      cause,
    });
  }
  const { content, whole } = gunzipped;
  const array = parseIdx(content, file);
  if (!whole) {
    throw new DatasetError(`${file} is truncated: the checksum at the end of its gzip data is missing.`);
  }
  return array;
}

/** The bytes of a file. Throws `DatasetError` when it cannot be read. */
export async function readDatasetFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new DatasetError(`Cannot read ${path}: ${describeFailure(cause)}.`, { cause });
  }
}
