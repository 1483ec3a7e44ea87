import { DatasetError } from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";
import { mostFileBytes, readDatasetFile } from "../read-dataset-file.js";
import { type Gunzipped, gunzip } from "./gunzip.js";
import { type IdxArray, parseIdx } from "./parse-idx.js";

/**
 * Reads an IDX file of uint8, gzipped or not. Throws `DatasetError`, which names the file, when it is missing,
 * truncated, something else, or of more than `mostBytes`, 2 GiB unless told otherwise, before or after it is inflated.
 */
export async function readIdx(path: string, { mostBytes = mostFileBytes }: ReadIdxOptions = {}): Promise<IdxArray> {
  return decodeIdx(await readDatasetFile(path, mostBytes), path, mostBytes);
}

/** How much is read of an IDX file. */
export interface ReadIdxOptions {
  readonly mostBytes?: number;
}

/** `readIdx` for a file in memory; `file` names it in errors. */
export async function decodeIdx(bytes: Uint8Array, file: string, mostBytes = mostFileBytes): Promise<IdxArray> {
  let gunzipped: Gunzipped;
  try {
    gunzipped = await gunzip(bytes, mostBytes);
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
