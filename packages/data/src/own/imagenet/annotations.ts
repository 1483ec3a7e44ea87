import { join } from "node:path";
import { DatasetError } from "@alexnet/core";
import { describeFailure, readIfThere, readWhole } from "@alexnet/files";
import { imagenetClassNames } from "../../imagenet.js";
import { type MatValue, readMatFile } from "./mat-file.js";

/** Of `meta.mat`, which has 320 KB. */
const MOST_MAT = 64 * 2 ** 20;

/** Where ImageNet's lists may be, beside the pictures: the development kit's, Caffe's and Kaggle's folders. */
const FOLDERS = [".", "ILSVRC2012_devkit_t12/data", "devkit/data", "data", "caffe_ilsvrc12", "ilsvrc12", "devkit"];

/** What a synset is called: `n01440764`. */
export const WNID = /^n\d{8}$/;

/** The text of a list, wherever it is; `undefined` where it is nowhere. */
export async function listIn(
  directory: string,
  name: string,
): Promise<{ readonly path: string; readonly text: string } | undefined> {
  for (const folder of FOLDERS) {
    const path = join(directory, folder, name);
    const text = await readIfThere(path);
    if (text !== undefined) return { path, text };
  }
  return undefined;
}

/** Words by synset, from `synset_words.txt` or Kaggle's `LOC_synset_mapping.txt`: lines `n01440764 tench, Tinca tinca`. */
export async function synsetWords(directory: string): Promise<ReadonlyMap<string, string> | undefined> {
  const list = (await listIn(directory, "synset_words.txt")) ?? (await listIn(directory, "LOC_synset_mapping.txt"));
  if (!list) return undefined;
  const lines = list.text.split(/\r?\n/).flatMap((line) => {
    const [, wnid, words] = /^(n\d{8})\s+(.+)$/.exec(line.trim()) ?? [];
    return wnid !== undefined && words !== undefined ? [[wnid, words] as const] : [];
  });
  return new Map(lines);
}

/** What the classes are called: by their words where these are known, and ImageNet's thousand by theirs. */
export async function namesOfSynsets(directory: string, wnids: readonly string[]): Promise<readonly string[]> {
  const words = await synsetWords(directory);
  if (words) return wnids.map((wnid) => words.get(wnid) ?? wnid);
  const all = imagenetClassNames();
  return wnids.length === all.length ? all : wnids;
}

/** The synset of each validation picture by its name, `ILSVRC2012_val_00000001`, or its class where a list has only that. */
export interface ValidationLabels {
  readonly of: ReadonlyMap<string, string | number>;
  readonly path: string;
}

/**
 * The labels of ILSVRC 2012's validation pictures: Caffe's `val.txt` (a name and a class), Kaggle's `LOC_val_solution.csv` (a name and a
 * synset), or `ILSVRC2012_validation_ground_truth.txt` (a number a line, in the order of the pictures) with the development kit's
 * `meta.mat`, which says which synset a number is. Throws `DatasetError` when there is none of these, or one is damaged.
 */
export async function validationLabels(directory: string): Promise<ValidationLabels> {
  const caffe = await listIn(directory, "val.txt");
  if (caffe) return { path: caffe.path, of: pairs(caffe.text, /^(\S+?)(?:\.\w+)?\s+(\d+)$/, Number) };
  const kaggle = await listIn(directory, "LOC_val_solution.csv");
  if (kaggle) return { path: kaggle.path, of: pairs(kaggle.text, /^(ILSVRC2012_val_\d+),(n\d{8})/, String) };
  const truth = await listIn(directory, "ILSVRC2012_validation_ground_truth.txt");
  if (!truth) {
    throw new DatasetError(
      `${directory} does not say what its validation pictures show. Put one of these lists beside them: ` +
        "ILSVRC2012_validation_ground_truth.txt and meta.mat of the development kit (unpacked), Caffe's val.txt, or Kaggle's " +
        "LOC_val_solution.csv.",
    );
  }
  const synsets = await synsetsByNumber(directory);
  const of = new Map<string, string>();
  for (const [index, line] of truth.text.trim().split(/\r?\n/).entries()) {
    const wnid = synsets.get(Number(line));
    if (wnid === undefined)
      throw new DatasetError(
        `Line ${index + 1} of ${truth.path} has the number ${line}, which meta.mat does not know.`,
      );
    of.set(`ILSVRC2012_val_${String(index + 1).padStart(8, "0")}`, wnid);
  }
  return { path: truth.path, of };
}

function pairs<Value>(text: string, pattern: RegExp, read: (text: string) => Value): ReadonlyMap<string, Value> {
  const found = text.split(/\r?\n/).flatMap((line) => {
    const [, name, value] = pattern.exec(line.trim()) ?? [];
    return name !== undefined && value !== undefined ? [[name, read(value)] as const] : [];
  });
  return new Map(found);
}

/** The synsets by the numbers that the development kit gives them. */
async function synsetsByNumber(directory: string): Promise<ReadonlyMap<number, string>> {
  for (const folder of FOLDERS) {
    const path = join(directory, folder, "meta.mat");
    const bytes = await readWhole(path, MOST_MAT).catch((cause) => {
      if (cause.code === "ENOENT" || cause.code === "ENOTDIR") return undefined;
      throw new DatasetError(`Cannot read ${path}: ${describeFailure(cause)}.`, { cause });
    });
    if (!bytes) continue;
    const { synsets = [] } = readMatFile(bytes, path);
    const rows = (typeof synsets === "string" ? [] : synsets) as readonly (
      | number
      | Readonly<Record<string, MatValue>>
    )[];
    const known = rows.flatMap((row) => {
      if (typeof row === "number") return [];
      const { ILSVRC2012_ID: number, WNID: wnid } = row;
      return Array.isArray(number) && typeof wnid === "string" ? [[Number(number[0]), wnid] as const] : [];
    });
    if (known.length > 0) return new Map(known);
    throw new DatasetError(
      `${path} does not list synsets with their ILSVRC2012_ID and WNID: it is not the development kit's.`,
    );
  }
  throw new DatasetError(
    `${directory} lacks meta.mat of the development kit, which says which synset a number of the ground truth is. Unpack ` +
      "ILSVRC2012_devkit_t12.tar.gz there.",
  );
}
