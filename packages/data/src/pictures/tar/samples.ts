import { DatasetError } from "@alexnet/core";
import { fieldsOf, messageOf } from "@alexnet/core/support";
import { isPictureName } from "../names.js";
import { scanTar, type TarEntry } from "./scan.js";

/** A labeled picture in an archive. */
export interface TarSample {
  readonly offset: number;
  readonly size: number;
  readonly label: number;
}

/** What stands for a label; a file of more is none. */
const LONGEST_LABEL = 2 ** 20;

/**
 * The samples of a WebDataset archive: files that follow each other and whose names are the same up to the first dot of the last part.
 * One has the picture (`.jpg`, `.png`, …), another its class: `.cls` with a number, or `.json` with `label` or `cls`. Throws
 * `DatasetError` for a sample that has no class or a class that is none.
 */
export async function* tarSamples(path: string): AsyncGenerator<TarSample> {
  let sample: Sample | undefined;
  for await (const entry of scanTar(path)) {
    const [key, extension] = keyOf(entry.name);
    if (sample && sample.key !== key) {
      if (sample.picture) yield whole(path, sample);
      sample = undefined;
    }
    sample ??= { key };
    if (isPictureName(entry.name)) sample.picture ??= entry;
    else if (extension === "cls") sample.label = await numberIn(path, entry, (text) => Number(text.trim() || "none"));
    else if (extension === "json") sample.described = await numberIn(path, entry, labelInJson).catch(() => undefined);
  }
  if (sample?.picture) yield whole(path, sample);
}

async function numberIn(
  path: string,
  { name, size, content }: TarEntry,
  read: (text: string) => unknown,
): Promise<number> {
  if (size > LONGEST_LABEL) throw new DatasetError(`${name} in ${path} has ${size} bytes: that is no label.`);
  const label = read((await content()).toString("utf8"));
  if (typeof label === "number" && Number.isSafeInteger(label) && label >= 0) return label;
  throw new DatasetError(`${name} in ${path} holds no class, a whole number of 0 or more.`);
}

interface Sample {
  readonly key: string;
  picture?: TarEntry;
  label?: number;
  /** What JSON says of it, which is often something else. */
  described?: number | undefined;
}

function whole(path: string, { picture, label, described }: Sample): TarSample {
  const { name, offset, size } = picture!;
  const known = label ?? described;
  if (known === undefined) {
    throw new DatasetError(
      `${name} in ${path} has no class: there must be a file of the same name that ends in .cls, with a number, or in .json, ` +
        'with "label" or "cls".',
    );
  }
  return { offset, size, label: known };
}

function keyOf(name: string): readonly [key: string, extension: string] {
  const last = name.lastIndexOf("/") + 1;
  const dot = name.indexOf(".", last);
  return dot < 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot + 1).toLowerCase()];
}

function labelInJson(text: string): unknown {
  try {
    const { label, cls } = fieldsOf(JSON.parse(text));
    return label ?? cls;
  } catch (cause) {
    throw new DatasetError(messageOf(cause), { cause });
  }
}
