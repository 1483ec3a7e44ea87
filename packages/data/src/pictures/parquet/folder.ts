import { basename, join, resolve } from "node:path";
import { DatasetError } from "@alexnet/core";
import { bytesOf, digestOf } from "../../digest.js";
import { numbers } from "../../numbers.js";
import { classNamesIn } from "../class-names.js";
import type { ImageFolderOptions } from "../folder.js";
import type { PictureSource } from "../picture-source.js";
import { filesOfSplit } from "../shard-files.js";
import { divideLabels } from "../split.js";
import { columnOf, openParquet } from "./file.js";

/** Groups of rows are read whole, so fewer pictures are shuffled together than where each can be read alone. */
const SHUFFLE_BUFFER = 2048;

/**
 * Pictures in Hugging Face's Parquet files: `train-00000-of-00010.parquet`, `validation-…` or `test-…`, in folders of these names or in
 * `data`, or files that are divided by `testShare`. Classes alone are read before a picture is needed. Throws `DatasetError`.
 */
export async function parquetFolder(directory: string, options: ImageFolderOptions): Promise<PictureSource> {
  const { files, isDivided } = await filesOfSplit(directory, ".parquet", options.split);
  const [group, rows, labels] = [numbers(), numbers(), numbers()];
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
          group.add(groups.length);
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
  const all = labels.shared();
  if (all.length === 0) throw new DatasetError(`The Parquet files in ${directory} hold no pictures.`);
  const chosen = isDivided ? undefined : divideLabels(all, options.split, options);
  const kept = (values: Float64Array): Float64Array => (chosen ? values.filter((_, index) => chosen[index]) : values);
  const [groupOf, rowOf, classes] = [kept(group.shared()), kept(rows.shared()), kept(all)];
  const shards: number[] = [];
  groupOf.forEach((which, index) => {
    if (index === 0 || which !== groupOf[index - 1]) shards.push(index);
  });
  const most = all.reduce((largest, label) => Math.max(largest, label), 0);
  return {
    name: `${basename(resolve(directory))} ${options.split}`,
    classNames: names && names.length > most ? names : await classNamesIn(directory, most + 1),
    labels: Uint16Array.from(classes),
    storage: { kind: "parquet", root: resolve(directory), files, groups, group: groupOf, rows: rowOf },
    shards,
    readTogether: true,
    shuffleBuffer: SHUFFLE_BUFFER,
    digest: digestOf(files.join("\n"), bytesOf(groupOf), bytesOf(rowOf), bytesOf(classes)),
  };
}
