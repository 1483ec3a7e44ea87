import { join } from "node:path";
import { DatasetError, type PrincipalComponents, type Tensor } from "@alexnet/core";
import { fieldsOf, messageOf } from "@alexnet/core/support";
import { readIfThere, readWhole, writeWhole } from "@alexnet/files";
import { bytesOf } from "../digest.js";
import type { Split } from "../published/manifest.js";
import type { ImageStatistics } from "../statistics.js";
import type { PackingOptions } from "./options.js";

/** Version of `dataset.json`; a reader refuses any other. */
const FORMAT = 1;
const MANIFEST = "dataset.json";
const MEAN_IMAGE = "mean-image.f32";

/** What a folder of prepared shards holds, as its `dataset.json` has it. */
export interface PreparedDataset {
  readonly classNames: readonly string[];
  readonly packing: PackingOptions;
  /** Tells the pictures that were packed from others. */
  readonly sources: Readonly<Record<Split, string>>;
  readonly splits: Readonly<Record<Split, { readonly pictures: number; readonly skipped: number }>>;
  /** Of the training pictures, once all is packed. */
  readonly statistics?: PreparedStatistics;
}

/** Statistics of training pictures whose middle was cut to this size, after their shorter side became as long. */
export interface PreparedStatistics extends Omit<ImageStatistics, "meanImage"> {
  readonly size: readonly [height: number, width: number];
}

/** Writes what a folder of shards holds, the mean image beside it. */
export async function writeManifest(directory: string, manifest: PreparedDataset, meanImage?: Tensor): Promise<void> {
  if (meanImage) await writeWhole(join(directory, MEAN_IMAGE), [bytesOf(Float32Array.from(meanImage.data))]);
  await writeWhole(join(directory, "classes.txt"), `${manifest.classNames.join("\n")}\n`);
  await writeWhole(join(directory, MANIFEST), `${JSON.stringify({ format: FORMAT, ...manifest }, undefined, 2)}\n`);
}

/** What a folder of shards holds; `undefined` where it is not said. Throws `DatasetError` when that is damaged. */
export async function readManifest(directory: string): Promise<PreparedDataset | undefined> {
  const path = join(directory, MANIFEST);
  const text = await readIfThere(path);
  if (text === undefined) return undefined;
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = fieldsOf(JSON.parse(text));
  } catch (cause) {
    throw new DatasetError(`${path} is damaged: it is not JSON (${messageOf(cause)}).`, { cause });
  }
  // Other programs have files of this name.
  if (!("format" in fields) || !("packing" in fields)) return undefined;
  const { format, classNames, splits, sources } = fields;
  if (format !== FORMAT) {
    throw new DatasetError(`${path} is of format ${JSON.stringify(format)}, and this release reads ${FORMAT}.`);
  }
  const isWhole =
    Array.isArray(classNames) &&
    classNames.every((name) => typeof name === "string") &&
    typeof fieldsOf(fieldsOf(splits).train).pictures === "number" &&
    typeof fieldsOf(sources).train === "string";
  if (!isWhole) throw new DatasetError(`${path} is damaged: it lacks classNames, splits or sources.`);
  // Its fields were looked at.
  return fields as unknown as PreparedDataset;
}

/** The statistics of prepared training pictures, the mean image with them; `undefined` where there are none, or no whole ones. */
export async function readStatistics(
  directory: string,
): Promise<(ImageStatistics & Pick<PreparedStatistics, "size">) | undefined> {
  const statistics = (await readManifest(directory))?.statistics;
  const { size, mean, components } = fieldsOf(statistics);
  if (!statistics || !isNumbers(size, 2) || !isNumbers(mean, 3) || !isComponents(components)) return undefined;
  const [height = 0, width = 0] = statistics.size;
  const length = 3 * height * width * Float32Array.BYTES_PER_ELEMENT;
  const bytes = await readWhole(join(directory, MEAN_IMAGE), length).catch(() => new Uint8Array(0));
  if (bytes.byteLength !== length) return undefined;
  const data = new Float32Array(bytes.buffer as ArrayBuffer);
  return { ...statistics, meanImage: { shape: [3, height, width], data } };
}

function isNumbers(value: unknown, length: number): value is readonly number[] {
  return Array.isArray(value) && value.length === length && value.every(Number.isFinite);
}

function isComponents(value: unknown): value is PrincipalComponents {
  const { eigenvalues, eigenvectors } = fieldsOf(value);
  const isMatrix =
    Array.isArray(eigenvectors) && eigenvectors.length === 3 && eigenvectors.every((row) => isNumbers(row, 3));
  return isNumbers(eigenvalues, 3) && isMatrix;
}
