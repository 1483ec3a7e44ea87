import { join } from "node:path";
import { DatasetError } from "@alexnet/core";
import { type Entry, entriesOf } from "../entries.js";
import type { Split } from "../published/manifest.js";

/** Words that a file or its folder has for its split. */
const WORDS: Readonly<Record<Split, RegExp>> = {
  train: /(^|[^a-z])(train|training)([^a-z]|$)/i,
  test: /(^|[^a-z])(test|val|valid|validation)([^a-z]|$)/i,
};

/** The shards of a split. */
export interface ShardFiles {
  /** Paths in the folder, with `/` between folders. */
  readonly files: readonly string[];
  /** Whether their names divide them; else they are all there are, and hold both splits. */
  readonly isDivided: boolean;
}

/**
 * The files with this ending in a folder and the folders in it that are of a split, which their names or those of their folders say.
 * Where no name says it they are all. Throws `DatasetError` where there are none of this split.
 */
export async function filesOfSplit(directory: string, ending: string, split: Split): Promise<ShardFiles> {
  const files = await filesIn(directory, ending);
  const of = (which: Split): readonly string[] => files.filter((file) => WORDS[which].test(file));
  if (of("train").length === 0 && of("test").length === 0) return { files, isDivided: false };
  const found = of(split);
  if (found.length > 0) return { files: found, isDivided: true };
  if (split === "train") throw new DatasetError(`Of the ${ending} files in ${directory} none is called train.`);
  // A training set alone is divided.
  return { files, isDivided: false };
}

/** What a folder is called that shards lie in, beside those of splits. */
const SHARDS = /^(data|shards)$/i;

/** Files with this ending in a folder, and in the folders in it that are called as those of shards are: others may hold a million files. */
export async function filesIn(directory: string, ending: string): Promise<readonly string[]> {
  const isOfShards = (name: string): boolean => SHARDS.test(name) || WORDS.train.test(name) || WORDS.test.test(name);
  const endingSo = (entries: readonly Entry[]): readonly string[] =>
    entries.flatMap(({ name, isFolder }) => (!isFolder && name.toLowerCase().endsWith(ending) ? [name] : []));
  const entries = await entriesOf(directory);
  const found = [...endingSo(entries)];
  for (const { name, isFolder } of entries) {
    if (!isFolder || !isOfShards(name)) continue;
    found.push(...endingSo(await entriesOf(join(directory, name))).map((file) => `${name}/${file}`));
  }
  return found;
}
