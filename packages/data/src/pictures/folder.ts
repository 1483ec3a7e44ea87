import { realpath } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { DatasetError } from "@alexnet/core";
import { checkKind, checkOptions } from "@alexnet/core/support";
import { isFolder } from "@alexnet/files";
import { bytesOf, digestOf } from "../digest.js";
import { entriesOf } from "../entries.js";
import type { Split } from "../published/manifest.js";
import { isPictureName } from "./names.js";
import { packTexts } from "./packed-texts.js";
import type { PictureSource } from "./picture-source.js";
import { checkDivision, type Division, divided } from "./split.js";

/** Which pictures of a folder. */
export interface ImageFolderOptions extends Division {
  readonly split: Split;
  /** Told how many files of pictures have been looked into, where these hold many. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** Their names. */
export const FOLDER_OPTIONS: Readonly<Record<keyof ImageFolderOptions, true>> = {
  split: true,
  testShare: true,
  splitSeed: true,
  onProgress: true,
};

/** What the folders of the splits may be called. */
const SPLITS: Readonly<Record<Split, readonly string[]>> = {
  train: ["train", "training"],
  test: ["test", "val", "validation"],
};

/** Labels are of 16 bits. */
const MOST_CLASSES = 2 ** 16;

/**
 * Pictures of one's own: a folder for each class, with its pictures inside (JPEG, PNG, WebP, AVIF, GIF, TIFF), as torchvision's
 * `ImageFolder`, in folders of their own too; the names of the classes' folders are the classes, sorted. Where there are folders
 * `train` and `test` (or `val`), the class folders are in these; where all are in one place, or in `train` alone, a share of the
 * pictures of each class, drawn by a seed, is for testing. Nothing but names is read before a picture is needed.
 *
 * ```ts
 * const training = imageDataset(await imageFolder("my-images", { split: "train" }), { size: [224, 224] });
 * ```
 *
 * Throws `DatasetError` when there are no pictures, and for more than 65,536 classes.
 */
export async function imageFolder(directory: string, options: ImageFolderOptions): Promise<PictureSource> {
  checkOptions("imageFolder", options, FOLDER_OPTIONS);
  const { split } = options;
  checkKind("imageFolder: split", split, Object.keys(SPLITS));
  checkDivision("imageFolder", options);
  const apart = { train: await splitFolder(directory, "train"), test: await splitFolder(directory, "test") };
  const isDivided = apart.test === undefined;
  const root = isDivided ? (apart.train ?? directory) : apart[split];
  if (root === undefined) {
    throw new DatasetError(`${directory} holds pictures to test with, but no folder "train" of those to train on.`);
  }
  // Both splits have the classes of the training pictures, whether or not there are some to test.
  const classNames = await foldersIn(apart.train ?? root);
  if (classNames.length === 0) {
    throw new DatasetError(`${root} holds no folders: put the pictures of each class into a folder with its name.`);
  }
  if (classNames.length > MOST_CLASSES) {
    throw new DatasetError(
      `${root} holds ${classNames.length} folders; a dataset has at most ${MOST_CLASSES} classes.`,
    );
  }
  const paths: string[] = [];
  const labels: number[] = [];
  for (const [label, name] of classNames.entries()) {
    const all = await picturesIn(join(root, name));
    for (const path of isDivided ? divided(all, label, split, options) : all) {
      paths.push(`${name}/${path}`);
      labels.push(label);
    }
  }
  if (paths.length === 0) {
    throw new DatasetError(
      `${root} holds no pictures to ${split === "train" ? "train on" : "test with"}: there must be JPEG, PNG, WebP, AVIF, GIF or ` +
        `TIFF files in the folders of the classes${isDivided ? ", several of each" : ""}.`,
    );
  }
  const packed = packTexts(paths);
  return {
    // Not its path: the same pictures elsewhere are the same data.
    name: `${basename(resolve(directory))} ${split}`,
    classNames,
    labels: Uint16Array.from(labels),
    storage: { kind: "files", root: resolve(root), paths: packed },
    digest: digestOf(packed.bytes, bytesOf(packed.ends)),
  };
}

async function splitFolder(directory: string, split: Split): Promise<string | undefined> {
  for (const name of SPLITS[split]) {
    if (await isFolder(join(directory, name))) return join(directory, name);
  }
  return undefined;
}

async function foldersIn(directory: string): Promise<readonly string[]> {
  return (await entriesOf(directory)).filter(({ isFolder }) => isFolder).map(({ name }) => name);
}

/**
 * Paths of the pictures in a folder and the folders in it; none where it is not there: a class without pictures in this split. A link
 * back to a folder it is in (`above`) is left out.
 */
async function picturesIn(directory: string, above: readonly string[] = []): Promise<readonly string[]> {
  const real = await realpath(directory).catch(() => undefined);
  if (real === undefined || above.includes(real)) return [];
  const found: string[] = [];
  for (const { name, isFolder } of await entriesOf(directory)) {
    if (isFolder) {
      for (const path of await picturesIn(join(directory, name), [...above, real])) found.push(`${name}/${path}`);
    } else if (isPictureName(name)) found.push(name);
  }
  return found;
}
