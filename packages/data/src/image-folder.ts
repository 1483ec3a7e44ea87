import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { DatasetError, InvalidArgumentError, type Preprocessing } from "@alexnet/core";
import { checkKind, checkOptions } from "@alexnet/core/support";
import { describeFailure, isFolder } from "@alexnet/files";
import { decodeImage } from "./image/decode-image.js";
import type { ImageSource } from "./image-source.js";
import { checkedOutput } from "./output.js";
import { resizer } from "./pixels/preparer.js";
import type { Split } from "./published/manifest.js";

/** Which pictures of a folder, and in which form. */
export interface ImageFolderOptions extends Pick<Preprocessing, "resizeMode" | "shorterSide"> {
  readonly split: Split;
  /** `[height, width]` that every picture is brought to. */
  readonly size: readonly [height: number, width: number];
  /** 1 for gray, 3 for RGB; 3 unless told. */
  readonly channels?: 1 | 3;
  /** Called after every picture. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What is read. */
const PICTURES = /\.(jpe?g|png|webp|avif|gif|tiff?)$/i;

/** What the folders of the splits may be called. */
const SPLITS: Readonly<Record<Split, readonly string[]>> = {
  train: ["train", "training"],
  test: ["test", "val", "validation"],
};

/** Where there are no such folders, every fifth picture of each class is for testing. */
const EVERY = 5;

/** Class indices are bytes. */
const MOST_CLASSES = 256;

/** All pictures are kept in memory. */
const MOST_BYTES = 4 * 2 ** 30;

/**
 * Pictures of one's own: a folder for each class, with its pictures inside (JPEG, PNG, WebP, AVIF, GIF, TIFF), as torchvision's
 * `ImageFolder`; the names of the folders are the classes, sorted. Where there are folders `train` and `test` (or `val`), the class
 * folders are in these; else every fifth picture of each class, by name, is for testing. All are decoded, resized and kept in memory.
 *
 * Throws `DatasetError` when there are no pictures, for one that cannot be decoded, which it names, for more than 256 classes, and for
 * more pictures than memory is given, 4 GB.
 */
export async function imageFolder(directory: string, options: ImageFolderOptions): Promise<ImageSource> {
  checkOptions("imageFolder", options, {
    split: true,
    size: true,
    channels: true,
    resizeMode: true,
    shorterSide: true,
    onProgress: true,
  });
  const { split, size, channels = 3, resizeMode, shorterSide, onProgress } = options;
  checkKind("imageFolder: split", split, Object.keys(SPLITS));
  if (channels !== 1 && channels !== 3) throw new InvalidArgumentError(`channels must be 1 or 3; got ${channels}.`);
  const { classNames, pictures } = await picturesOf(directory, split);
  const [height, width] = size;
  const bytes = pictures.length * height * width * channels;
  if (bytes > MOST_BYTES) {
    throw new DatasetError(
      `${directory} has ${pictures.length} pictures, which at ${height} x ${width} take ${(bytes / 2 ** 30).toFixed(1)} GB, more ` +
        `than the ${MOST_BYTES / 2 ** 30} that are kept in memory. Use fewer, or make them smaller.`,
    );
  }
  const pixels = new Uint8Array(new SharedArrayBuffer(bytes));
  for (const [index, { path }] of pictures.entries()) {
    const image = await decodeImage(path);
    const geometry = { ...(resizeMode && { resizeMode }), ...(shorterSide !== undefined && { shorterSide }) };
    const { to, resizing } = checkedOutput(image, { size, channels, ...geometry });
    const resized = resizer(image, to, resizing)(image.data);
    const start = index * height * width * channels;
    if (resized.length === height * width * channels) pixels.set(resized, start);
    // A gray picture among colored ones: each value stands for all three.
    else
      for (let at = 0; at < height * width * channels; at++) pixels[start + at] = resized[Math.floor(at / channels)]!;
    onProgress?.(index + 1, pictures.length);
  }
  return {
    // Not its path: the same pictures elsewhere are the same data.
    name: `${basename(resolve(directory))} ${split}`,
    classNames,
    height,
    width,
    channels,
    pixels,
    labels: Uint8Array.from(pictures, ({ label }) => label),
  };
}

interface Picture {
  readonly path: string;
  readonly label: number;
}

async function picturesOf(
  directory: string,
  split: Split,
): Promise<{ readonly classNames: readonly string[]; readonly pictures: readonly Picture[] }> {
  const apart = await splitFolder(directory, split);
  const root = apart ?? directory;
  // Both splits have the classes of the training pictures, whether or not there are some to test.
  const classNames = await foldersIn((await splitFolder(directory, "train")) ?? root);
  if (classNames.length === 0) {
    throw new DatasetError(`${root} holds no folders: put the pictures of each class into a folder with its name.`);
  }
  if (classNames.length > MOST_CLASSES) {
    throw new DatasetError(
      `${root} holds ${classNames.length} folders; this dataset has at most ${MOST_CLASSES} classes.`,
    );
  }
  const pictures: Picture[] = [];
  for (const [label, name] of classNames.entries()) {
    const files = await picturesIn(join(root, name));
    const chosen = apart ? files : files.filter((_, index) => (index % EVERY === EVERY - 1) === (split === "test"));
    pictures.push(...chosen.map((file) => ({ path: join(root, name, file), label })));
  }
  if (pictures.length === 0) {
    throw new DatasetError(
      `${root} holds no pictures to ${split === "train" ? "train on" : "test with"}: there must be JPEG, PNG, WebP, AVIF, GIF or ` +
        `TIFF files in the folders of the classes${apart ? "" : `, ${EVERY} or more of each`}.`,
    );
  }
  return { classNames, pictures };
}

async function splitFolder(directory: string, split: Split): Promise<string | undefined> {
  for (const name of SPLITS[split]) {
    if (await isFolder(join(directory, name))) return join(directory, name);
  }
  return undefined;
}

async function foldersIn(directory: string): Promise<readonly string[]> {
  return (await entriesOf(directory)).filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function picturesIn(directory: string): Promise<readonly string[]> {
  const entries = await entriesOf(directory).catch((error) => {
    // A class of which there are no pictures in this split.
    if (error instanceof DatasetError) return [];
    throw error;
  });
  return entries.filter((entry) => entry.isFile() && PICTURES.test(entry.name)).map(({ name }) => name);
}

/** Sorted by the code of their letters, the same on every machine; hidden ones are left out. */
async function entriesOf(directory: string) {
  try {
    const entries = await readdir(directory, { withFileTypes: true });
    return entries.filter(({ name }) => !name.startsWith(".")).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (cause) {
    throw new DatasetError(`Cannot read the folder ${directory}: ${describeFailure(cause)}.`, { cause });
  }
}
