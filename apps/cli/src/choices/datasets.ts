import { join } from "node:path";
import { type Dataset, DatasetError, InvalidArgumentError, type Preprocessing } from "@alexnet/core";
import { defaultShorterSide } from "@alexnet/core/support";
import type { ImageFolderOptions, ImageSource, Split } from "@alexnet/data";
import { describeFailure, isFolder, makeFolder } from "@alexnet/files";
import { UsageError } from "../program/errors.js";
import { unknownName } from "../program/suggest.js";
import { inOurWords } from "../program/words.js";
import type { Fetching } from "./fetching.js";

/** A dataset that can be chosen by name. */
export interface DatasetEntry {
  readonly name: string;
  /** Where its files are from: it comes with the program, is published and has to be fetched, or is the user's own. */
  readonly files: "embedded" | "published" | "own";
  load(split: Split, options: FileOptions): Promise<ImageSource>;
}

interface FileOptions extends Partial<Fetching> {
  readonly directory: string;
  readonly download: boolean;
  /** For pictures of any size: what to make of them, and whom to tell how far it is. */
  readonly form: Omit<ImageFolderOptions, "split">;
}

export const datasetEntries: readonly DatasetEntry[] = [
  {
    name: "sample",
    files: "embedded",
    async load(split) {
      const { sample } = await import("@alexnet/data");
      return sample({ split });
    },
  },
  {
    name: "mnist",
    files: "published",
    async load(split, { form: _, ...options }) {
      const { mnist } = await import("@alexnet/data");
      return mnist({ split, ...options });
    },
  },
  {
    name: "fashion-mnist",
    files: "published",
    async load(split, { form: _, ...options }) {
      const { fashionMnist } = await import("@alexnet/data");
      return fashionMnist({ split, ...options });
    },
  },
  {
    name: "folder",
    files: "own",
    async load(split, { directory, form }) {
      const { imageFolder } = await import("@alexnet/data");
      return imageFolder(directory, { split, ...form });
    },
  },
];

/** The dataset of this name. Throws `UsageError` with the nearest name when there is none. */
export function datasetEntry(name: string): DatasetEntry {
  const entry = datasetEntries.find((candidate) => candidate.name === name);
  if (!entry) {
    throw unknownName(
      "dataset",
      name,
      datasetEntries.map((candidate) => candidate.name),
    );
  }
  return entry;
}

/** Which images of a split are wanted, and in which form. */
export interface SplitOptions {
  readonly split: Split;
  readonly directory?: string;
  /** Whether, and where from, to fetch what is missing. */
  readonly fetch?: Fetching | undefined;
  /** Use only the first so many. */
  readonly limit?: number;
  readonly inputSize: number;
  readonly channels?: number;
  /** Called as pictures are read one by one. */
  readonly onRead?: ((done: number, total: number) => void) | undefined;
  /** Ten parts of each image, of one that is so much larger than what the model takes as 256 is than 224. */
  readonly tenCrop?: boolean;
  /** How they are prepared; as the datasets here are unless told. */
  readonly preprocessing?: Preprocessing;
}

const WORDS = {
  "Pass download: true": "Add --download",
  "pass other mirrors": "name another address with --mirror",
};

/** One split, resized to what the model takes. Throws `DatasetError`. */
export async function openSplit(entry: DatasetEntry, options: SplitOptions): Promise<Dataset> {
  const {
    split,
    directory = join("data", entry.name),
    fetch,
    limit,
    inputSize,
    onRead,
    tenCrop = false,
    preprocessing = {},
  } = options;
  // `imageDataset` and `imageFolder` refuse any other number.
  const channels = options.channels as 1 | 3 | undefined;
  if (limit !== undefined && !(Number.isSafeInteger(limit) && limit > 0)) {
    throw new InvalidArgumentError(`The number of images to use must be a whole number of at least 1; got ${limit}.`);
  }
  if (entry.files === "published") await checkFolder(entry.name, directory, fetch !== undefined);
  if (entry.files === "own" && options.directory === undefined) {
    throw new UsageError(
      `--dataset ${entry.name} needs --data-dir: a folder with one folder of pictures for each class.`,
    );
  }
  const { resizeMode, shorterSide, ...colors } = preprocessing;
  const geometry = { ...(resizeMode && { resizeMode }), ...(shorterSide !== undefined && { shorterSide }) };
  const larger = defaultShorterSide([inputSize, inputSize]);
  const side = tenCrop && entry.files === "own" ? larger : inputSize;
  const form = { size: [side, side], ...(channels !== undefined && { channels }), ...geometry } as const;
  const source = await inOurWords(WORDS, () =>
    entry.load(split, {
      directory,
      download: fetch !== undefined,
      form: { ...form, ...(onRead && { onProgress: onRead }) },
      ...fetch,
    }),
  );
  const { imageDataset, take } = await import("@alexnet/data");
  // Pictures of any size have been brought to this one.
  const whole = entry.files === "own" ? {} : form;
  const crops = tenCrop ? ({ views: "ten-crop", cropFrom: [larger, larger] } as const) : {};
  const dataset = imageDataset(source, { ...colors, ...whole, size: [inputSize, inputSize], ...crops });
  if (limit === undefined) return dataset;
  try {
    return take(dataset, tenCrop ? 10 * limit : limit);
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
