import { join, resolve } from "node:path";
import type { Entry } from "../../entries.js";
import { numbers } from "../../numbers.js";
import { readStatistics } from "../../prepare/manifest.js";
import { classNamesIn } from "../class-names.js";
import type { ImageFolderOptions } from "../folder.js";
import { picturesInShards } from "../in-shards.js";
import type { PictureSource } from "../picture-source.js";
import { filesOfSplit } from "../shard-files.js";
import { tarSamples } from "./samples.js";

/**
 * Pictures in WebDataset's tar archives: `train-000000.tar` and `val-000000.tar`, in folders `train` and `val`, or archives that are
 * divided by `testShare`. Headers alone are read before a picture is needed. Throws `DatasetError`.
 */
export async function tarFolder(
  directory: string,
  entries: readonly Entry[],
  options: ImageFolderOptions,
): Promise<PictureSource> {
  const { files, isDivided } = await filesOfSplit(directory, entries, ".tar", options.split);
  const [shards, offsets, sizes, labels] = [numbers(), numbers(), numbers(), numbers()];
  for (const [which, file] of files.entries()) {
    for await (const { offset, size, label } of tarSamples(join(directory, file))) {
      shards.add(which);
      offsets.add(offset);
      sizes.add(size);
      labels.add(label);
    }
    options.onProgress?.(which + 1, files.length);
  }
  const columns = { offsets, sizes };
  const found = picturesInShards(directory, { files, isDivided, labels, shards, columns }, options);
  const statistics = await readStatistics(directory);
  return {
    name: found.name,
    classNames: await classNamesIn(directory, found.classes),
    labels: found.labels,
    storage: { kind: "tar", root: resolve(directory), archives: files, archive: found.shardOf, ...found.columns },
    shards: found.firsts,
    ...(statistics && { statistics }),
    digest: found.digest,
  };
}
