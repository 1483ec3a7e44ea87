import { basename, join, resolve } from "node:path";
import { DatasetError, formatShape } from "@alexnet/core";
import type { Entry } from "../entries.js";
import { readIdx } from "../idx/read-idx.js";
import { checkedSource, type ImageSource } from "../image-source.js";
import type { Split } from "../published/manifest.js";
import { readDatasetText } from "../read-dataset-file.js";
import { sharedCopy } from "../shared-copy.js";

/** `train-images-idx3-ubyte.gz`, `emnist-letters-test-images-idx3-ubyte`, …: the part before, the split, and which of the two files. */
const NAME = /^(.*?)(train|t10k|test)[-_.](images[-_.]idx3|labels[-_.]idx1)[-_.]ubyte(?:\.gz)?$/;

const SPLITS: Readonly<Record<Split, readonly string[]>> = { train: ["train"], test: ["t10k", "test"] };

/** Whether a folder holds files named as MNIST's and its relatives' are. */
export function holdsIdx(entries: readonly Entry[]): boolean {
  return entries.some(({ name }) => NAME.test(name));
}

/**
 * Images in IDX files, as MNIST, KMNIST and EMNIST have them, gray, of any size. EMNIST's lie on their side and are turned; labels that
 * count from 1 count from 0; the classes' names are in `…mapping.txt`, or are their numbers. Throws `DatasetError`, which names the
 * file.
 */
export async function idxFolder(
  directory: string,
  entries: readonly Entry[],
  { split }: { readonly split: Split },
): Promise<ImageSource> {
  const files = entries.flatMap(({ name }) => {
    const [, prefix, which, kind] = NAME.exec(name) ?? [];
    return prefix === undefined ? [] : [{ name, prefix, which: which!, kind: kind!.slice(0, 6) }];
  });
  const prefixes = [...new Set(files.map(({ prefix }) => prefix))];
  if (prefixes.length > 1) {
    throw new DatasetError(
      `${directory} holds several datasets: files that begin with ${prefixes.map((prefix) => JSON.stringify(prefix)).join(" and ")}. ` +
        "Put each into a folder of its own.",
    );
  }
  const pathOf = (of: Split, kind: string): string => {
    const file = files.find(({ which, kind: its }) => its === kind && SPLITS[of].includes(which));
    if (!file) {
      throw new DatasetError(`${directory} lacks the file ${SPLITS[of].join(" or ")}-${kind}-…-ubyte of its dataset.`);
    }
    return join(directory, file.name);
  };
  const trainLabels = await readIdx(pathOf("train", "labels"));
  const first = trainLabels.data.reduce((least, label) => Math.min(least, label), 255);
  const shift = first === 1 ? 1 : 0;
  const classes = trainLabels.data.reduce((most, label) => Math.max(most, label), 0) + 1 - shift;
  const images = await readIdx(pathOf(split, "images"));
  const labels = split === "train" ? trainLabels : await readIdx(pathOf(split, "labels"));
  const [count = 0, height = 0, width = 0] = images.shape;
  if (images.shape.length !== 3 || labels.shape.length !== 1 || labels.shape[0] !== count) {
    throw new DatasetError(
      `The IDX files of ${directory} do not belong together: the images are ${formatShape(images.shape)}, and the labels ` +
        `${formatShape(labels.shape)}. Images are [N, height, width].`,
    );
  }
  const isOnItsSide = prefixes[0]!.startsWith("emnist");
  const mapping = entries.find(({ name }) => name === `${prefixes[0]}mapping.txt`);
  return checkedSource({
    name: `${basename(resolve(directory))} ${split}`,
    classNames: mapping
      ? await mappedNames(join(directory, mapping.name), classes, shift)
      : Array.from({ length: classes }, (_, index) => String(index + shift)),
    height: isOnItsSide ? width : height,
    width: isOnItsSide ? height : width,
    channels: 1,
    pixels: isOnItsSide ? turned(images.data, count, height, width) : sharedCopy(images.data),
    labels: Uint8Array.from(labels.data, (label) => label - shift),
  });
}

/** Lines `label code code …`: the characters that a class stands for. */
async function mappedNames(path: string, classes: number, shift: number): Promise<readonly string[]> {
  const names = Array.from({ length: classes }, (_, index) => String(index + shift));
  for (const line of (await readDatasetText(path)).split(/\r?\n/)) {
    const [label, ...codes] = line.trim().split(/\s+/).map(Number);
    if (label === undefined || codes.length === 0 || names[label - shift] === undefined) continue;
    if (codes.every(isCodePoint)) names[label - shift] = String.fromCodePoint(...codes);
  }
  return names;
}

const isCodePoint = (code: number): boolean => Number.isInteger(code) && code >= 0 && code <= 0x10ffff;

/** Rows become columns. */
function turned(pixels: Uint8Array, count: number, height: number, width: number): Uint8Array {
  const out = new Uint8Array(new SharedArrayBuffer(pixels.length));
  for (let image = 0; image < count; image++) {
    const start = image * height * width;
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) out[start + x * height + y] = pixels[start + y * width + x]!;
    }
  }
  return out;
}
