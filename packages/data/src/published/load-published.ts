import { access } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError, formatShape, hasCode } from "@alexnet/core";
import { checkKind, checkOptions } from "@alexnet/core/support";
import { DOWNLOAD_OPTIONS, type DownloadOptions, downloadPublished } from "../download/download-published.js";
import type { IdxArray } from "../idx/parse-idx.js";
import { decodeIdx } from "../idx/read-idx.js";
import { checkedSource, type ImageSource } from "../image-source.js";
import { readDatasetFile } from "../read-dataset-file.js";
import { sharedCopy } from "../shared-copy.js";
import type { Manifest, PublishedFile, Split } from "./manifest.js";
import { judge } from "./verify.js";

/** Where a published dataset is, and whether to fetch it. */
export interface PublishedOptions extends DownloadOptions {
  readonly split: Split;
  /** Whether to fetch what is not in the directory, or is there but is not what was published; default false. */
  readonly download?: boolean;
}

/** Reads one split, downloading it first where that is asked for and needed. Throws `DatasetError`. */
export async function loadPublished(manifest: Manifest, options: PublishedOptions): Promise<ImageSource> {
  checkOptions<PublishedOptions>(manifest.name, options, { ...DOWNLOAD_OPTIONS, split: true, download: true });
  checkKind(`${manifest.name}: split`, options.split, ["train", "test"]);
  const { directory, split } = options;
  const { images: imagesFile, labels: labelsFile } = manifest.splits[split];
  const images = await readOrFetch(manifest, imagesFile, options);
  const labels = await readOrFetch(manifest, labelsFile, options);
  const { height, width } = manifest;
  const [count] = labels.shape;
  if (formatShape(images.shape) !== formatShape([count!, height, width]) || labels.shape.length !== 1) {
    throw new DatasetError(
      `${imagesFile.name} and ${labelsFile.name} in ${directory} do not belong together: the images are ` +
        `${formatShape(images.shape)}, and the labels ${formatShape(labels.shape)}. Images are [N, ${height}, ${width}].`,
    );
  }
  return checkedSource({
    name: `${manifest.name} ${split}`,
    classNames: manifest.classNames,
    height,
    width,
    channels: 1,
    pixels: sharedCopy(images.data),
    labels: labels.data,
  });
}

/** Reads a file; one that is missing or faulty is fetched where the options ask for downloads. */
async function readOrFetch(manifest: Manifest, file: PublishedFile, options: PublishedOptions): Promise<IdxArray> {
  try {
    return await readVerified(manifest, file, options.directory);
  } catch (error) {
    if (!options.download || !hasCode(error, "DATASET")) throw error;
    await downloadPublished(manifest, [file], options);
    return readVerified(manifest, file, options.directory);
  }
}

async function readVerified(manifest: Manifest, file: PublishedFile, directory: string): Promise<IdxArray> {
  const path = await findFile(manifest, file, directory);
  const bytes = await readDatasetFile(path);
  const verdict = await judge(manifest, file, bytes);
  if (verdict.fault === undefined) return decodeIdx(verdict.bytes, path);
  const advice = "Pass download: true to fetch it again.";
  // Where it is not even a whole file of its format, that says more.
  await decodeIdx(bytes, path).catch((cause: Error) => {
    throw new DatasetError(`${cause.message} ${advice}`, { cause });
  });
  throw new DatasetError(`${path} is not the file of ${manifest.name}: ${verdict.fault}. ${advice}`);
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
