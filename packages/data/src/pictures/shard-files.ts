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
 * Where no name says it, or there is nothing to test with, they are all. Throws `DatasetError` where all are for testing.
 */
export async function filesOfSplit(
  directory: string,
  entries: readonly Entry[],
  ending: string,
  split: Split,
): Promise<ShardFiles> {
  const files = await filesIn(directory, entries, ending);
  const of = (which: Split): readonly string[] => files.filter((file) => WORDS[which].test(file));
  const [train, test] = [of("train"), of("test")];
  if (test.length === 0) return { files, isDivided: false };
  if (train.length === 0) throw new DatasetError(`Of the ${ending} files in ${directory} none is called train.`);
  return { files: split === "train" ? train : test, isDivided: true };
}

/** What a folder is called that shards lie in, beside those of splits. */
const SHARDS = /^(data|shards)$/i;

/** Files with this ending in a folder, and in the folders in it that are called as those of shards are: others may hold a million files. */
export async function filesIn(
  directory: string,
  entries: readonly Entry[],
  ending: string,
): Promise<readonly string[]> {
  const isOfShards = (name: string): boolean => SHARDS.test(name) || WORDS.train.test(name) || WORDS.test.test(name);
  const endingSo = (entries: readonly Entry[]): readonly string[] =>
    entries.flatMap(({ name, isFolder }) => (!isFolder && name.toLowerCase().endsWith(ending) ? [name] : []));
  const found = [...endingSo(entries)];
  for (const { name, isFolder } of entries) {
    if (!isFolder || !isOfShards(name)) continue;
    found.push(...endingSo(await entriesOf(join(directory, name))).map((file) => `${name}/${file}`));
  }
  return found;
}
