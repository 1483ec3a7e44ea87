import { join } from "node:path";
import { DatasetError } from "@alexnet/core";
import { readIfThere } from "@alexnet/files";

/** Files that name classes, one a line. */
const FILES = ["classes.txt", "classnames.txt", "class-names.txt"];

/** The names of at least so many classes: those in a file of the folder, else their numbers. Throws `DatasetError` for one that names fewer. */
export async function classNamesIn(directory: string, classes: number): Promise<readonly string[]> {
  for (const name of FILES) {
    const text = await readIfThere(join(directory, name));
    if (text === undefined) continue;
    const names = text.trimEnd().split(/\r?\n/);
    if (names.length >= classes) return names;
    throw new DatasetError(
      `${join(directory, name)} names ${names.length} classes, but there are pictures of ${classes}.`,
    );
  }
  return Array.from({ length: classes }, (_, index) => String(index));
}
