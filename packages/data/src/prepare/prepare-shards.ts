import { DatasetError } from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import { isFolder, makeFolder } from "@alexnet/files";
import { badPictures } from "../batches/bad-pictures.js";
import { entriesOf } from "../entries.js";
import { imageStatistics } from "../image-statistics.js";
import { openImages } from "../own/open-images.js";
import { isPictureSource, type PictureSource } from "../pictures/picture-source.js";
import type { Split } from "../published/manifest.js";
import { type PreparedDataset, readManifest, writeManifest } from "./manifest.js";
import { type PrepareOptions, packingOptions } from "./options.js";
import { packSplit } from "./pack-split.js";
import { writing } from "./writing.js";

/**
 * Packs the pictures of a folder (`openImages`) into WebDataset's tar archives, `train-000000.tar`, …, in another: in random order, the
 * shorter side of larger ones brought to `shorterSide`. Beside them `dataset.json`, `classes.txt`, the mean image and the statistics of
 * the training pictures, and `skipped.txt`, what could not be read. What was interrupted goes on from its last whole archive.
 *
 * Throws `DatasetError` for pictures that cannot be packed, for a folder that holds something else, and when the disk fails; and the
 * signal's reason when aborted.
 */
export async function prepareShards(from: string, to: string, options: PrepareOptions = {}): Promise<PreparedDataset> {
  const packing = packingOptions(options);
  const { testShare, splitSeed, mostBad, mostPixels, onBad, onProgress, signal } = options;
  const division = defined({ testShare, splitSeed });
  const sources = { train: await pictures(from, "train", division), test: await pictures(from, "test", division) };
  const planned: PreparedDataset = {
    classNames: sources.train.classNames,
    packing,
    sources: { train: sources.train.digest, test: sources.test.digest },
    splits: { train: { pictures: 0, skipped: 0 }, test: { pictures: 0, skipped: 0 } },
  };
  const before = await begin(to, planned);
  const packed: Record<Split, { readonly pictures: number; readonly skipped: number }> = { ...planned.splits };
  for (const split of ["train", "test"] as const) {
    const total = sources[split].labels.length;
    const bad = badPictures(
      { name: sources[split].name, length: total, most: mostBad ?? Math.floor(total / 100) },
      onBad,
    );
    const told = (done: number) => onProgress?.({ phase: split, done, total });
    const skipped = await packSplit(sources[split], split, { to, packing, bad, mostPixels, told, signal });
    packed[split] = { pictures: total - skipped, skipped };
  }
  // Nothing was missing that had been there.
  if (before?.statistics && JSON.stringify(before.splits) === JSON.stringify(packed)) return before;
  const { shorterSide } = packing;
  const size = [shorterSide, shorterSide] as const;
  const train = (await openImages(to, { split: "train", testShare: 0 })) as PictureSource;
  const { meanImage, ...statistics } = await imageStatistics(train, {
    ...({ size, channels: 3, resizeMode: "center-crop", shorterSide } as const),
    ...defined({ mostPixels }),
    onProgress: (done, total) => onProgress?.({ phase: "statistics", done, total }),
    signal,
  });
  const whole: PreparedDataset = { ...planned, splits: packed, statistics: { ...statistics, size } };
  await writing(to, () => writeManifest(to, whole, meanImage));
  return whole;
}

async function pictures(from: string, split: Split, division: object): Promise<PictureSource> {
  const source = await openImages(from, { split, ...division });
  if (isPictureSource(source)) return source;
  throw new DatasetError(
    `${from} holds images of one size that are not encoded; there is nothing to prepare: train on them as they are.`,
  );
}

/** Makes the folder, or takes the one in which the same was begun, and tells how far that came. */
async function begin(to: string, planned: PreparedDataset): Promise<PreparedDataset | undefined> {
  if (await isFolder(to)) {
    const before = await readManifest(to);
    const same = (manifest: PreparedDataset | undefined): string =>
      JSON.stringify([manifest?.packing, manifest?.sources, manifest?.classNames]);
    if (before ? same(before) !== same(planned) : (await entriesOf(to)).length > 0) {
      throw new DatasetError(
        `${to} holds ${before ? "shards of other pictures or made with other options" : "something else"}. Choose another folder, ` +
          "or remove it.",
      );
    }
    if (before) return before;
  }
  await writing(to, async () => {
    await makeFolder(to);
    await writeManifest(to, planned);
  });
  return undefined;
}
