import { readFileSync } from "node:fs";

let names: readonly string[] | undefined;

/** The 1000 class names of ILSVRC 2012 in index order, each a list of synonyms: `tench, Tinca tinca`, … */
export function imagenetClassNames(): readonly string[] {
  names ??= Object.freeze(
    readFileSync(new URL("../assets/imagenet/class-names.txt", import.meta.url), "utf8")
      .trimEnd()
      .split(/\r?\n/),
  );
  return names;
}
