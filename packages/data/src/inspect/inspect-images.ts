import { permutation } from "@alexnet/core/random";
import { checkOptions } from "@alexnet/core/support";
import { orBad } from "../batches/readers.js";
import { decodePicture } from "../image/decode-image.js";
import { imageTensor } from "../image/image-tensor.js";
import type { ImageSource } from "../image-source.js";
import { imageStatistics } from "../image-statistics.js";
import { imageSums } from "../image-sums.js";
import { formatOf } from "../picture-format.js";
import { isPictureSource, type PictureSource } from "../pictures/picture-source.js";
import { withStorage } from "../pictures/storage.js";
import type { DecodedImage } from "../pixels/format.js";
import type { ImageStatistics } from "../statistics.js";

/** How many images are looked at, and who is told how far it is. */
export interface InspectOptions {
  /** Look at so many, drawn at random; at all unless told. */
  readonly limit?: number;
  /** Side of the square that they are cut to for the mean image; 256 unless told otherwise. */
  readonly side?: number;
  /** Told how many images of those that are looked at have been. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends it early, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What images are like. */
export interface ImagesReport {
  readonly name: string;
  /** How many there are, and how many were looked at. */
  readonly count: number;
  readonly lookedAt: number;
  /** How many there are of each class. */
  readonly classes: readonly { readonly name: string; readonly count: number }[];
  /** Of the images that could be read: how many are of which format, gray, and how high and wide they are. */
  readonly formats: Readonly<Record<string, number>>;
  readonly gray: number;
  readonly heights: Range;
  readonly widths: Range;
  /** What cannot be read, each with its reason, which begins with its name. */
  readonly bad: readonly string[];
  /** What they have in common, their middle cut to a square; nothing where none could be read. */
  readonly statistics: ImageStatistics | undefined;
}

/** The smallest of some numbers, the middle one and the largest. */
export interface Range {
  readonly least: number;
  readonly median: number;
  readonly most: number;
}

/** Pictures that are read and decoded at a time. */
const TOGETHER = 8;

/**
 * Looks at images, one after the other: classes, sizes, formats, what cannot be read, mean and colors. Throws `DatasetError` when a disk
 * fails, and the signal's reason when aborted.
 */
export async function inspectImages(
  source: ImageSource | PictureSource,
  options: InspectOptions = {},
): Promise<ImagesReport> {
  checkOptions<InspectOptions>("inspectImages", options, { limit: true, side: true, onProgress: true, signal: true });
  const { name, classNames, labels } = source;
  const counts = new Array<number>(classNames.length).fill(0);
  for (const label of labels) counts[label]!++;
  const classes = classNames.map((name, index) => ({ name, count: counts[index]! }));
  const found = isPictureSource(source) ? await lookAt(source, options) : await ofOneSize(source, options);
  return { name, count: labels.length, classes, ...found };
}

async function ofOneSize(source: ImageSource, { onProgress, signal }: InspectOptions) {
  const { height, width, channels, labels } = source;
  const statistics = await imageStatistics(source, { ...(onProgress && { onProgress }), signal });
  return {
    lookedAt: labels.length,
    formats: { raw: labels.length },
    gray: channels === 1 ? labels.length : 0,
    heights: { least: height, median: height, most: height },
    widths: { least: width, median: width, most: width },
    bad: [],
    statistics,
  };
}

async function lookAt(source: PictureSource, { limit, side = 256, onProgress, signal }: InspectOptions) {
  const { labels, storage } = source;
  const drawn = limit !== undefined && limit < labels.length;
  const indices = drawn
    ? permutation({ seed: 0, purpose: "inspect" }, labels.length).subarray(0, limit).sort()
    : Uint32Array.from(labels.keys());
  const sums = imageSums([3, side, side]);
  const formats: Record<string, number> = {};
  const bad: string[] = [];
  const heights: number[] = [];
  const widths: number[] = [];
  let gray = 0;

  await withStorage(storage, async (stored) => {
    async function read(index: number): Promise<{ readonly image: DecodedImage; readonly format: string }> {
      const { bytes, name } = await stored.read(index);
      return { image: await decodePicture(bytes, name), format: formatOf(bytes) ?? "other" };
    }

    for (let start = 0; start < indices.length; start += TOGETHER) {
      signal?.throwIfAborted();
      const some = Array.from(indices.subarray(start, start + TOGETHER), (index) => orBad(index, () => read(index)));
      for (const one of await Promise.all(some)) {
        if ("reason" in one) {
          bad.push(one.reason);
          continue;
        }
        const { image, format } = one;
        formats[format] = (formats[format] ?? 0) + 1;
        heights.push(image.height);
        widths.push(image.width);
        if (image.channels === 1) gray++;
        const cut = {
          size: [side, side],
          channels: 3,
          resizeMode: "center-crop",
          shorterSide: side,
          range: 255,
        } as const;
        sums.add(imageTensor(image, cut).data);
      }
      onProgress?.(Math.min(start + TOGETHER, indices.length), indices.length);
    }
  });
  return {
    lookedAt: indices.length,
    formats,
    gray,
    heights: rangeOf(heights),
    widths: rangeOf(widths),
    bad,
    statistics: sums.statistics(),
  };
}

function rangeOf(values: readonly number[]): Range {
  const sorted = values.toSorted((a, b) => a - b);
  return { least: sorted[0] ?? 0, median: sorted[sorted.length >> 1] ?? 0, most: sorted.at(-1) ?? 0 };
}
