import { basename, resolve } from "node:path";
import { DatasetError } from "@alexnet/core";
import { bytesOf, digestOf } from "../digest.js";
import type { Numbers } from "../numbers.js";
import type { ImageFolderOptions } from "./folder.js";
import type { ShardFiles } from "./shard-files.js";
import { divideLabels } from "./split.js";

/** What was found in the files of shards: of each picture its label, its shard and what else it takes to read it. */
export interface FoundPictures<Column extends string> extends ShardFiles {
  readonly labels: Numbers;
  readonly shards: Numbers;
  readonly columns: Readonly<Record<Column, Numbers>>;
}

/** The pictures of a split among them, as a source has them. */
export interface PicturesInShards<Column extends string> {
  readonly name: string;
  /** One more than the largest label of all splits. */
  readonly classes: number;
  readonly labels: Uint16Array;
  /** Of each picture, its shard and the other columns. */
  readonly shardOf: Float64Array;
  readonly columns: Readonly<Record<Column, Float64Array>>;
  /** Index of the first picture of each shard. */
  readonly firsts: readonly number[];
  readonly digest: string;
}

/** As many classes as labels of 16 bits tell apart; the largest of ImageNets has 21,841. */
const MOST_CLASSES = 2 ** 16;

/** Those of the pictures that were found that are of the split. Throws `DatasetError` when there are none, or too many classes. */
export function picturesInShards<Column extends string>(
  directory: string,
  { files, isDivided, labels, shards, columns }: FoundPictures<Column>,
  options: ImageFolderOptions,
): PicturesInShards<Column> {
  const all = labels.shared();
  if (all.length === 0) throw new DatasetError(`The files in ${directory} (${files.length}) hold no pictures.`);
  const largest = all.reduce((most, label) => Math.max(most, label), 0);
  if (largest >= MOST_CLASSES) {
    throw new DatasetError(
      `A picture in ${directory} has the class ${largest}; classes are numbers from 0 to ${MOST_CLASSES - 1}.`,
    );
  }
  const chosen = isDivided ? undefined : divideLabels(all, options.split, options);
  const kept = (values: Float64Array): Float64Array => (chosen ? values.filter((_, index) => chosen[index]) : values);
  const [classes, shardOf] = [kept(all), kept(shards.shared())];
  const others = Object.entries<Numbers>(columns).map(([name, values]) => [name, kept(values.shared())] as const);
  const firsts: number[] = [];
  shardOf.forEach((shard, index) => {
    if (index === 0 || shard !== shardOf[index - 1]) firsts.push(index);
  });
  return {
    name: `${basename(resolve(directory))} ${options.split}`,
    classes: largest + 1,
    labels: Uint16Array.from(classes),
    shardOf,
    // The same names.
    columns: Object.fromEntries(others) as Record<Column, Float64Array>,
    firsts,
    digest: digestOf(
      files.join("\n"),
      bytesOf(shardOf),
      ...others.map(([, values]) => bytesOf(values)),
      bytesOf(classes),
    ),
  };
}
