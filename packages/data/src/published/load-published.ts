import { access } from "node:fs/promises";
import { join } from "node:path";
import { checkKind, checkOptions, DatasetError, formatShape } from "@alexnet/core";
import { DOWNLOAD_OPTIONS, type DownloadOptions, downloadPublished } from "../download/download-published.js";
import { decodeIdx, readDatasetFile } from "../idx/read-idx.js";
import { checkedSource, type ImageSource } from "../image-source.js";
import type { Manifest, PublishedFile, Split } from "./manifest.js";
import { md5 } from "./verify.js";

/** Where a published dataset is, and whether to fetch it. */
export interface PublishedOptions extends DownloadOptions {
  readonly split: Split;
  /** Whether to fetch what is not in the directory; default false. */
  readonly download?: boolean;
}

/** Reads one split, downloading it first where that is asked for and needed. Throws `DatasetError`. */
export async function loadPublished(manifest: Manifest, options: PublishedOptions): Promise<ImageSource> {
  checkOptions<PublishedOptions>(manifest.name, options, { ...DOWNLOAD_OPTIONS, split: true, download: true });
  checkKind(`${manifest.name}: split`, options.split, ["train", "test"]);
  const { directory, split, download = false } = options;
  if (download) {
    await downloadPublished(manifest, [split], options);
  }
  const { images: imagesFile, labels: labelsFile } = manifest.splits[split];
  const images = await readVerified(manifest, imagesFile, directory);
  const labels = await readVerified(manifest, labelsFile, directory);
  const { height, width } = manifest;
  const [count] = labels.shape;
  if (formatShape(images.shape) !== formatShape([count!, height, width]) || labels.shape.length !== 1) {
    throw new DatasetError(
      `${imagesFile.name} and ${labelsFile.name} in ${directory} do not belong together: the images are ` +
        `${formatShape(images.shape)}, and the labels ${formatShape(labels.shape)}. Images are [N, ${height}, ${width}].`,
    );
  }
  const pixels = new Uint8Array(new SharedArrayBuffer(images.data.byteLength));
  pixels.set(images.data);
  return checkedSource({
    name: `${manifest.name} ${split}`,
    classNames: manifest.classNames,
    height,
    width,
    channels: 1,
    pixels,
    labels: labels.data,
  });
}

async function readVerified(manifest: Manifest, file: PublishedFile, directory: string) {
  const path = await findFile(manifest, file, directory);
  const bytes = await readDatasetFile(path);
  const idx = await decodeIdx(bytes, path);
  const found = md5(manifest.md5Of === "content" ? idx.content : bytes);
  if (found !== file.md5) {
    const subject = manifest.md5Of === "content" ? `the uncompressed ${path}` : path;
    throw new DatasetError(
      `${path} is not the file of ${manifest.name}: the MD5 of ${subject} is ${found}, and should be ${file.md5}. ` +
        "Remove it and download it again.",
    );
  }
  return idx;
}

/** The gzip file, or, where the MD5 is of the content, the uncompressed one. */
async function findFile(manifest: Manifest, { name, bytes }: PublishedFile, directory: string): Promise<string> {
  const names = manifest.md5Of === "content" ? [name, name.replace(/\.gz$/, "")] : [name];
  for (const candidate of names) {
    const path = join(directory, candidate);
    if (await exists(path)) {
      return path;
    }
  }
  throw new DatasetError(
    `${name} of ${manifest.name} is not in ${directory}. Pass download: true to fetch it ` +
      `(${(bytes / 1e6).toFixed(1)} MB), or put it there yourself.`,
  );
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
