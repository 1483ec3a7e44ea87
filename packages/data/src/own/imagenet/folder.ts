import { basename, join, resolve } from "node:path";
import { DatasetError } from "@alexnet/core";
import { bytesOf, digestOf } from "../../digest.js";
import { type Entry, entriesOf } from "../../entries.js";
import { numbers } from "../../numbers.js";
import type { ImageFolderOptions } from "../../pictures/folder.js";
import { isPictureName } from "../../pictures/names.js";
import { packTexts } from "../../pictures/packed-texts.js";
import type { PictureSource } from "../../pictures/picture-source.js";
import type { Storage } from "../../pictures/storage.js";
import { scanInnerTar, scanTar } from "../../pictures/tar/scan.js";
import { namesOfSynsets, type ValidationLabels, validationLabels, WNID } from "./annotations.js";

const TRAIN = "ILSVRC2012_img_train.tar";
const VALIDATION = "ILSVRC2012_img_val.tar";
const FLAT = /^ILSVRC2012_val_\d+\.\w+$/;

/** Whether a folder holds ILSVRC 2012 as it is published: its archives, or the validation pictures in one folder. */
export async function holdsImagenet(entries: readonly Entry[], directory: string): Promise<boolean> {
  if (entries.some(({ name }) => name === TRAIN || name === VALIDATION)) return true;
  const folder = entries.find(({ name, isFolder }) => isFolder && name === "val");
  return folder !== undefined && (await entriesOf(join(directory, folder.name))).some(({ name }) => FLAT.test(name));
}

/**
 * ILSVRC 2012 as it is published, packed or unpacked: `ILSVRC2012_img_train.tar` (an archive of an archive for each synset) or `train`
 * with a folder for each, `ILSVRC2012_img_val.tar` or `val`, and one of the lists that label the latter (`validationLabels`). The classes
 * are the synsets of the training pictures, sorted, called by `synset_words.txt` or, where they are ImageNet's thousand, by their
 * words. An archive is read where it is, nothing is unpacked. Throws `DatasetError`.
 */
export async function imagenetFolder(
  directory: string,
  entries: readonly Entry[],
  { split }: ImageFolderOptions,
): Promise<PictureSource> {
  const wnids = await synsetsOf(directory, entries);
  const found =
    split === "train" ? await training(directory, entries, wnids) : await validation(directory, entries, wnids);
  if (found.labels.length === 0)
    throw new DatasetError(`${directory} holds no pictures to ${split === "train" ? "train on" : "test with"}.`);
  return {
    name: `${basename(resolve(directory))} ${split}`,
    classNames: await namesOfSynsets(directory, wnids),
    labels: Uint16Array.from(found.labels),
    storage: found.storage,
    digest: digestOf(...found.parts, bytesOf(Float64Array.from(found.labels))),
  };
}

interface Found {
  readonly labels: ArrayLike<number>;
  readonly storage: Storage;
  /** What tells these pictures from others. */
  readonly parts: readonly (Uint8Array | string)[];
}

/** The synsets there are training pictures of. */
async function synsetsOf(directory: string, entries: readonly Entry[]): Promise<readonly string[]> {
  const names: string[] = [];
  if (entries.some(({ name }) => name === TRAIN)) {
    for await (const { name } of scanTar(join(directory, TRAIN))) names.push(name.replace(/\.tar$/, ""));
  } else if (entries.some(({ name, isFolder }) => isFolder && name === "train")) {
    for (const { name } of await entriesOf(join(directory, "train"))) names.push(name);
  }
  const wnids = names.filter((name) => WNID.test(name)).toSorted();
  if (wnids.length > 0) return wnids;
  throw new DatasetError(
    `${directory} holds no training pictures of ImageNet: there must be ${TRAIN}, or a folder train with one for each synset.`,
  );
}

async function training(directory: string, entries: readonly Entry[], wnids: readonly string[]): Promise<Found> {
  if (!entries.some(({ name }) => name === TRAIN)) {
    const paths: string[] = [];
    const labels: number[] = [];
    for (const [label, wnid] of wnids.entries()) {
      for (const { name } of await entriesOf(join(directory, "train", wnid))) {
        if (!isPictureName(name)) continue;
        paths.push(`${wnid}/${name}`);
        labels.push(label);
      }
    }
    return inFiles(join(directory, "train"), paths, labels);
  }
  const path = join(directory, TRAIN);
  const [offsets, sizes, labels] = [numbers(), numbers(), numbers()];
  for await (const archive of scanTar(path)) {
    const label = wnids.indexOf(archive.name.replace(/\.tar$/, ""));
    if (label < 0) continue;
    for await (const { name, offset, size } of scanInnerTar(path, archive)) {
      if (!isPictureName(name)) continue;
      offsets.add(offset);
      sizes.add(size);
      labels.add(label);
    }
  }
  // One class lies behind the other: only a shuffle of all of them mixes them, so these are no shards.
  return inArchive(directory, TRAIN, offsets.shared(), sizes.shared(), labels.shared());
}

async function validation(directory: string, entries: readonly Entry[], wnids: readonly string[]): Promise<Found> {
  const known = await validationLabels(directory);
  if (!entries.some(({ name }) => name === VALIDATION)) {
    const names = (await entriesOf(join(directory, "val"))).map(({ name }) => name).filter(isPictureName);
    return inFiles(
      join(directory, "val"),
      names,
      names.map((name) => labelOf(name, known, wnids)),
    );
  }
  const [offsets, sizes, labels] = [numbers(), numbers(), numbers()];
  for await (const { name, offset, size } of scanTar(join(directory, VALIDATION))) {
    if (!isPictureName(name)) continue;
    offsets.add(offset);
    sizes.add(size);
    labels.add(labelOf(name, known, wnids));
  }
  return inArchive(directory, VALIDATION, offsets.shared(), sizes.shared(), labels.shared());
}

function labelOf(name: string, { of, path }: ValidationLabels, wnids: readonly string[]): number {
  const said = of.get(basename(name).replace(/\.\w+$/, ""));
  const label = typeof said === "string" ? wnids.indexOf(said) : (said ?? -1);
  if (label >= 0 && label < wnids.length) return label;
  throw new DatasetError(
    said === undefined
      ? `${path} does not say what ${name} shows.`
      : `${name} shows ${said} by ${path}, of which there are no training pictures.`,
  );
}

function inFiles(root: string, paths: readonly string[], labels: readonly number[]): Found {
  const packed = packTexts(paths);
  return {
    labels,
    storage: { kind: "files", root: resolve(root), paths: packed },
    parts: [packed.bytes, bytesOf(packed.ends)],
  };
}

function inArchive(
  directory: string,
  name: string,
  offsets: Float64Array,
  sizes: Float64Array,
  labels: Float64Array,
): Found {
  const archive = new Float64Array(new SharedArrayBuffer(offsets.byteLength));
  return {
    labels,
    storage: { kind: "tar", root: resolve(directory), archives: [name], archive, offsets, sizes },
    parts: [name, bytesOf(offsets), bytesOf(sizes)],
  };
}
