import { existsSync } from "node:fs";
import { basename, resolve } from "node:path";
import { DatasetError } from "@alexnet/core";
import type { Division, ImageSource, PictureSource, Split } from "@alexnet/data";
import { UsageError } from "../program/errors.js";
import { unknownName } from "../program/suggest.js";
import type { Fetching } from "./fetching.js";

/** A dataset that can be chosen by name. */
export interface DatasetEntry {
  readonly name: string;
  /** Where its files are from: it comes with the program, is published and has to be fetched, or is the user's own. */
  readonly files: "embedded" | "published" | "own";
  /** Whether what its images show is light on black. */
  readonly isOnBlack?: boolean;
  load(split: Split, options: FileOptions): Promise<ImageSource | PictureSource>;
}

interface FileOptions extends Partial<Fetching> {
  readonly directory: string;
  readonly download: boolean;
  /** For images that are not divided already. */
  readonly division: Division;
}

export const datasetEntries: readonly DatasetEntry[] = [
  {
    name: "sample",
    files: "embedded",
    isOnBlack: true,
    async load(split) {
      const { sample } = await import("@alexnet/data");
      return sample({ split });
    },
  },
  {
    name: "mnist",
    files: "published",
    isOnBlack: true,
    async load(split, { division: _, ...options }) {
      const { mnist } = await import("@alexnet/data");
      return mnist({ split, ...options });
    },
  },
  {
    name: "fashion-mnist",
    files: "published",
    isOnBlack: true,
    async load(split, { division: _, ...options }) {
      const { fashionMnist } = await import("@alexnet/data");
      return fashionMnist({ split, ...options });
    },
  },
  { name: "folder", files: "own", load: loadOwn },
  { name: "imagenet", files: "own", load: loadOwn },
];

/** Images of one's own, and ImageNet's, which nobody may pass on: however they lie in their folder. */
async function loadOwn(split: Split, { directory, division }: FileOptions): Promise<ImageSource | PictureSource> {
  const { openImages } = await import("@alexnet/data");
  return openImages(directory, { split, ...division });
}

/** A dataset and where its files are, where that is known. */
export interface ChosenDataset {
  readonly entry: DatasetEntry;
  readonly directory?: string;
  /** For headings and the names of folders. */
  readonly title: string;
}

/**
 * The dataset of this name, or the images in the folder of this name. Throws `UsageError` with the nearest name when there is neither,
 * and for images of one's own without the folder they are in.
 */
export function chooseDataset(name: string, dataDir: string | undefined): ChosenDataset {
  const known = datasetEntries.find((candidate) => candidate.name === name);
  const directory = dataDir === undefined ? undefined : resolve(dataDir);
  if (known?.files === "own") {
    if (directory === undefined) {
      throw new UsageError(
        `--dataset ${name} needs --data-dir, the folder of your images. Or name that: --dataset my-images.`,
      );
    }
    return { entry: known, directory, title: titleOf(directory) };
  }
  if (known) return { entry: known, title: name, ...(directory !== undefined && { directory }) };
  const own = datasetEntries.find(({ files }) => files === "own")!;
  if (existsSync(name)) {
    if (directory !== undefined) throw new UsageError(`--dataset ${name} is a folder: leave --data-dir out.`);
    return { entry: own, directory: resolve(name), title: titleOf(name) };
  }
  if (/[/\\]/.test(name)) throw new DatasetError(`There is no folder ${name}.`);
  throw unknownName("dataset", name, [...datasetEntries.map((candidate) => candidate.name), "a folder of your images"]);
}

/** The name of a folder as part of another's. */
function titleOf(directory: string): string {
  return basename(resolve(directory)).replaceAll(/[^\w.-]+/g, "-") || "folder";
}
