import { join } from "node:path";
import { type Augmentation, type Dataset, DatasetError, InvalidArgumentError, type Preprocessing } from "@alexnet/core";
import { defaultShorterSide, defined } from "@alexnet/core/support";
import type { BadPicture, Division, ImageSource, PictureLimits, PictureSource, Split } from "@alexnet/data";
import { describeFailure, isFolder, makeFolder } from "@alexnet/files";
import { inOurWords } from "../program/words.js";
import type { DatasetEntry } from "./datasets.js";
import type { Fetching } from "./fetching.js";

/** Which images are wanted. */
export interface SourceOptions {
  readonly split: Split;
  readonly directory?: string;
  readonly division?: Division;
  /** Whether, and where from, to fetch what is missing. */
  readonly fetch?: Fetching | undefined;
}

/** In which form they are wanted. */
export interface FormOptions extends PictureLimits {
  /** Use only the first so many. */
  readonly limit?: number;
  readonly inputSize: number;
  readonly channels?: number;
  /** Ten parts of each image, of one that is so much larger than what the model takes as 256 is than 224 unless it is said. */
  readonly tenCrop?: boolean;
  /** How they are prepared; as the datasets here are unless told. */
  readonly preprocessing?: Preprocessing;
  /** How they are varied; not at all unless told. */
  readonly augmentation?: Augmentation;
  /** Told of each picture that cannot be read. */
  readonly onBad?: (bad: BadPicture) => void;
  /** Threads that make batches; as many as there usually are unless told. */
  readonly workers?: number;
}

/** Of the limits, in the words of the command line. */
export const LIMIT_WORDS = { "mostBad allows": "--most-bad allows", "with mostPixels": "with --most-pixels" };

const WORDS = {
  ...LIMIT_WORDS,
  "Pass download: true": "Add --download",
  "pass other mirrors": "name another address with --mirror",
};

/** The images of one split. Throws `DatasetError`. */
export async function openSource(entry: DatasetEntry, options: SourceOptions): Promise<ImageSource | PictureSource> {
  const { split, directory = join("data", entry.name), division = {}, fetch } = options;
  if (entry.files === "published") await checkFolder(entry.name, directory, fetch !== undefined);
  return inOurWords(WORDS, () => entry.load(split, { directory, division, download: fetch !== undefined, ...fetch }));
}

/** Those of the options that say which pictures are left out. */
export const limitsOf = ({ mostBad, mostPixels }: PictureLimits): PictureLimits => defined({ mostBad, mostPixels });

/** Tells the pictures of a source from others; nothing for images in memory. */
export function picturesOf(source: ImageSource | PictureSource): string | undefined {
  return "storage" in source ? source.digest : undefined;
}

/** The same, resized to what a model takes. Throws `DatasetError`. */
export async function datasetOf(source: ImageSource | PictureSource, options: FormOptions): Promise<Dataset> {
  const { limit, inputSize, tenCrop = false, preprocessing = {}, augmentation, onBad, workers } = options;
  // `imageDataset` refuses any other number.
  const channels = options.channels as 1 | 3 | undefined;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new InvalidArgumentError(`The number of images to use must be a whole number of at least 1; got ${limit}.`);
  }
  const { imageDataset, take } = await import("@alexnet/data");
  const larger = defaultShorterSide([inputSize, inputSize]);
  const dataset = imageDataset(source, {
    ...(tenCrop && { views: "ten-crop", cropFrom: [larger, larger] }),
    ...preprocessing,
    size: [inputSize, inputSize],
    ...limitsOf(options),
    ...defined({ channels, augment: augmentation, onBad, workers }),
  });
  const whole: Dataset = { ...dataset, batch: (...asked) => inOurWords(WORDS, () => dataset.batch(...asked)) };
  if (limit === undefined) return whole;
  try {
    return take(whole, tenCrop ? 10 * limit : limit);
  } catch (error) {
    await dataset.dispose?.();
    throw error;
  }
}

async function checkFolder(name: string, directory: string, make: boolean): Promise<void> {
  if (make) {
    await makeFolder(directory).catch((cause) => {
      throw new DatasetError(`Cannot make the folder ${directory}: ${describeFailure(cause)}.`, { cause });
    });
  } else if (!(await isFolder(directory))) {
    throw new DatasetError(
      `There is no folder ${directory} with the files of ${name}. Fetch them with --download, or say with ` +
        "--data-dir where they are.",
    );
  }
}
