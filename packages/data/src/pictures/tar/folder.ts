import { basename, join, resolve } from "node:path";
import { DatasetError } from "@alexnet/core";
import { bytesOf, digestOf } from "../../digest.js";
import { numbers } from "../../numbers.js";
import { readStatistics } from "../../prepare/manifest.js";
import { classNamesIn } from "../class-names.js";
import type { ImageFolderOptions } from "../folder.js";
import type { PictureSource } from "../picture-source.js";
import { filesOfSplit } from "../shard-files.js";
import { divideLabels } from "../split.js";
import { tarSamples } from "./samples.js";

/**
 * Pictures in WebDataset's tar archives: `train-000000.tar` and `val-000000.tar`, in folders `train` and `val`, or archives that are
 * divided by `testShare`. Headers alone are read before a picture is needed. Throws `DatasetError`.
 */
export async function tarFolder(directory: string, options: ImageFolderOptions): Promise<PictureSource> {
  const { files, isDivided } = await filesOfSplit(directory, ".tar", options.split);
  const [archive, offsets, sizes, labels] = [numbers(), numbers(), numbers(), numbers()];
  for (const [which, file] of files.entries()) {
    for await (const { offset, size, label } of tarSamples(join(directory, file))) {
      archive.add(which);
      offsets.add(offset);
      sizes.add(size);
      labels.add(label);
    }
    options.onProgress?.(which + 1, files.length);
  }
  const all = labels.shared();
  if (all.length === 0) throw new DatasetError(`The tar archives in ${directory} hold no pictures.`);
  const chosen = isDivided ? undefined : divideLabels(all, options.split, options);
  const kept = (values: Float64Array): Float64Array => (chosen ? values.filter((_, index) => chosen[index]) : values);
  const [archives, starts, lengths, classes] = [archive.shared(), offsets.shared(), sizes.shared(), all].map(kept) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const shards: number[] = [];
  archives.forEach((which, index) => {
    if (index === 0 || which !== archives[index - 1]) shards.push(index);
  });
  const most = all.reduce((largest, label) => Math.max(largest, label), 0);
  const statistics = await readStatistics(directory);
  return {
    name: `${basename(resolve(directory))} ${options.split}`,
    classNames: await classNamesIn(directory, most + 1),
    labels: Uint16Array.from(classes),
    storage: {
      kind: "tar",
      root: resolve(directory),
      archives: files,
      archive: archives,
      offsets: starts,
      sizes: lengths,
    },
    shards,
    ...(statistics && { statistics }),
    digest: digestOf(files.join("\n"), bytesOf(starts), bytesOf(lengths), bytesOf(classes)),
  };
}
