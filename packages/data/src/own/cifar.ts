import { basename, join, resolve } from "node:path";
import { DatasetError } from "@alexnet/core";
import type { Entry } from "../entries.js";
import { checkedSource, type ImageSource } from "../image-source.js";
import type { Split } from "../published/manifest.js";
import { readDatasetFile, readDatasetText } from "../read-dataset-file.js";

/** A dataset of the family, in its binary version (https://www.cs.toronto.edu/~kriz/cifar.html). */
interface Variant {
  readonly files: Readonly<Record<Split, readonly string[]>>;
  readonly names: string;
  /** Bytes before the pixels; the last is the label. */
  readonly header: number;
}

const variants: readonly Variant[] = [
  {
    files: { train: [1, 2, 3, 4, 5].map((part) => `data_batch_${part}.bin`), test: ["test_batch.bin"] },
    names: "batches.meta.txt",
    header: 1,
  },
  { files: { train: ["train.bin"], test: ["test.bin"] }, names: "fine_label_names.txt", header: 2 },
];

const SIDE = 32;
const PLANE = SIDE * SIDE;

function variantOf(entries: readonly Entry[]): Variant | undefined {
  const names = new Set(entries.map(({ name }) => name));
  return variants.find(({ files, names: meta }) => names.has(meta) && files.train.some((file) => names.has(file)));
}

/** Whether a folder holds CIFAR-10's or CIFAR-100's binary files. */
export function holdsCifar(entries: readonly Entry[]): boolean {
  return variantOf(entries) !== undefined;
}

/**
 * CIFAR-10 or CIFAR-100 (with its fine classes) from the files of the binary version: 50,000 and 10,000 images in colors, 32 x 32.
 * Throws `DatasetError`, which names the file.
 */
export async function cifarFolder(
  directory: string,
  entries: readonly Entry[],
  { split }: { readonly split: Split },
): Promise<ImageSource> {
  const { files, names, header } = variantOf(entries)!;
  const text = await readDatasetText(join(directory, names));
  const classNames = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  const record = header + 3 * PLANE;
  const parts: Uint8Array[] = [];
  for (const name of files[split]) {
    const path = join(directory, name);
    const bytes = await readDatasetFile(path);
    if (bytes.length === 0 || bytes.length % record !== 0) {
      throw new DatasetError(
        `${path} is no binary file of CIFAR: images take ${record} bytes each, and it holds ${bytes.length} bytes.`,
      );
    }
    parts.push(bytes);
  }
  const count = parts.reduce((sum, { length }) => sum + length / record, 0);
  const pixels = new Uint8Array(new SharedArrayBuffer(count * 3 * PLANE));
  const labels = new Uint8Array(count);
  let image = 0;
  for (const bytes of parts) {
    for (let start = 0; start < bytes.length; start += record, image++) {
      labels[image] = bytes[start + header - 1]!;
      // Planes of red, green and blue become pixels.
      for (let at = 0; at < 3 * PLANE; at++) {
        pixels[(image * PLANE + (at % PLANE)) * 3 + Math.floor(at / PLANE)] = bytes[start + header + at]!;
      }
    }
  }
  const name = `${basename(resolve(directory))} ${split}`;
  return checkedSource({ name, classNames, height: SIDE, width: SIDE, channels: 3, pixels, labels });
}
