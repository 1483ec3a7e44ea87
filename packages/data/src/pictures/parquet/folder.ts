import { join, resolve } from "node:path";
import { DatasetError } from "@alexnet/core";
import type { Entry } from "../../entries.js";
import { numbers } from "../../numbers.js";
import { classNamesIn } from "../class-names.js";
import type { ImageFolderOptions } from "../folder.js";
import { picturesInShards } from "../in-shards.js";
import type { PictureSource } from "../picture-source.js";
import { filesOfSplit } from "../shard-files.js";
import { columnOf, openParquet } from "./file.js";

/** Groups of rows are read whole, so fewer pictures are shuffled together than where each can be read alone. */
const SHUFFLE_BUFFER = 2048;

/**
 * Pictures in Hugging Face's Parquet files: `train-00000-of-00010.parquet`, `validation-…` or `test-…`, in folders of these names or in
 * `data`, or files that are divided by `testShare`. Classes alone are read before a picture is needed. Throws `DatasetError`.
 */
export async function parquetFolder(
  directory: string,
  entries: readonly Entry[],
  options: ImageFolderOptions,
): Promise<PictureSource> {
  const { files, isDivided } = await filesOfSplit(directory, entries, ".parquet", options.split);
  const [shards, rows, labels] = [numbers(), numbers(), numbers()];
  const groups: (readonly [file: number, start: number, end: number])[] = [];
  let names: readonly string[] | undefined;
  for (const [which, name] of files.entries()) {
    const file = await openParquet(join(directory, name));
    try {
      names ??= file.classNames;
      let start = 0;
      for (const { num_rows: count } of file.metadata.row_groups) {
        const end = start + Number(count);
        for (const [index, value] of (await columnOf(file, file.label, start, end)).entries()) {
          const label = Number(value);
          if (!Number.isSafeInteger(label) || label < 0) {
            throw new DatasetError(
              `Row ${start + index} of ${file.path} has the class ${String(value)}, which is none.`,
            );
          }
          shards.add(groups.length);
          rows.add(start + index);
          labels.add(label);
        }
        groups.push([which, start, end]);
        start = end;
      }
    } finally {
      await file.close();
    }
    options.onProgress?.(which + 1, files.length);
  }
  const found = picturesInShards(directory, { files, isDivided, labels, shards, columns: { rows } }, options);
  return {
    name: found.name,
    classNames: names && names.length >= found.classes ? names : await classNamesIn(directory, found.classes),
    labels: found.labels,
    storage: { kind: "parquet", root: resolve(directory), files, groups, group: found.shardOf, ...found.columns },
    shards: found.firsts,
    readTogether: true,
    shuffleBuffer: SHUFFLE_BUFFER,
    digest: found.digest,
  };
}
