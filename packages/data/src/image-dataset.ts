import { availableParallelism } from "node:os";
import { type Augmentation, type Dataset, InvalidArgumentError } from "@alexnet/core";
import { checkKind, checkOptions, describeValue, keysOf } from "@alexnet/core/support";
import { badPictures } from "./batches/bad-pictures.js";
import { inlineMaker, workerMaker } from "./batches/makers.js";
import { shardedOrder, shardOf } from "./batches/order.js";
import { checkIndices } from "./check-indices.js";
import { checkedSource, type ImageSource } from "./image-source.js";
import { checkedOutput, OUTPUT_OPTIONS, type OutputOptions } from "./output.js";
import { checkLimits, LIMIT_OPTIONS, type PictureLimits } from "./pictures/limits.js";
import { type BadPicture, checkedPictures, isPictureSource, type PictureSource } from "./pictures/picture-source.js";
import { type Views, viewCounts } from "./pixels/views.js";
import { settingsOf } from "./settings.js";

/** How a dataset gives its images, and where it makes them ready. */
export interface ImageDatasetOptions extends OutputOptions, PictureLimits {
  /**
   * Threads that make batches, at most; one for images in memory, which is enough to stay ahead of a training that blocks the
   * JavaScript thread, and for encoded pictures one for every two cores, up to 4. With 0 batches are made on that thread, when they
   * are asked for.
   */
  readonly workers?: number;
  /** How the images of a training are varied; not at all unless told. An evaluation gets the middle of `cropFrom`, a training any part. */
  readonly augment?: Augmentation;
  /** Several looks at each image, one example after the other, for `evaluate` with as many `views`. They are taken from `cropFrom`. */
  readonly views?: Views;
  /**
   * Of pictures in shards: so many, at least, are shuffled together, those of shards that follow each other in an epoch; unless told
   * otherwise 16,384, and 2,048 of Parquet files, whose groups of rows are read whole.
   */
  readonly shuffleBuffer?: number;
  /** Told of each picture that is left out, once. */
  readonly onBad?: (bad: BadPicture) => void;
}

const NAMES: Readonly<Record<keyof ImageDatasetOptions, true>> = {
  ...OUTPUT_OPTIONS,
  workers: true,
  augment: true,
  views: true,
  shuffleBuffer: true,
  ...LIMIT_OPTIONS,
  onBad: true,
};

const SHUFFLE_BUFFER = 16_384;

/**
 * A dataset over images in memory, or over encoded pictures that are read and decoded for each batch: each is resized as Pillow's
 * bilinear filter does it (so as d2l has it), scaled to `[0, 1]` and normalized. An idle worker does not keep the process alive.
 *
 * A picture that cannot be decoded, or has more than `mostPixels`, is left out of its batch. `batch` throws `DatasetError` when there are more than `mostBad` of
 * these, for an index outside the dataset and when a worker dies, `DisposedError` after `dispose`. Throws `InvalidArgumentError` for
 * options out of range, `DatasetError` for a source that is not whole.
 */
export function imageDataset(source: ImageSource | PictureSource, options: ImageDatasetOptions = {}): Dataset {
  checkOptions("imageDataset", options, NAMES);
  const pictures = isPictureSource(source) ? source : undefined;
  const { from, store } = isPictureSource(source) ? encoded(source, options) : inMemory(source);
  const { name, classNames, labels } = source;
  const {
    workers = pictures ? Math.max(1, Math.min(4, availableParallelism() >> 1)) : 1,
    augment,
    views,
    shuffleBuffer = pictures?.shuffleBuffer ?? SHUFFLE_BUFFER,
    onBad,
  } = options;
  if (views !== undefined) checkKind("imageDataset: views", views, keysOf(viewCounts));
  if (augment && views)
    throw new InvalidArgumentError("imageDataset: views are for evaluations, augment is for trainings.");
  checkLimits("imageDataset", options);
  const { mostBad = Math.floor(labels.length / 100), mostPixels } = options;
  for (const [option, value] of Object.entries({ workers, shuffleBuffer })) {
    if (Number.isSafeInteger(value) && value >= 0) continue;
    throw new InvalidArgumentError(`${option} must be a whole number of 0 or more; got ${describeValue(value)}.`);
  }
  const preparing = checkedOutput(from, options, augment);
  const looks = views ? viewCounts[views] : 1;
  const making = { ...preparing, store, mostPixels, augmentation: augment, views };
  const shards = pictures?.shards;
  const together =
    shards && pictures.readTogether ? (index: number) => shardOf(shards, Math.floor(index / looks)) : undefined;
  const maker = workers === 0 ? inlineMaker(name, making) : workerMaker(name, making, workers, together);
  const bad = badPictures({ name, length: labels.length, most: mostBad }, onBad);
  const { channels, height, width } = preparing.to;
  const length = labels.length * looks;
  return {
    name,
    length,
    imageShape: [channels, height, width],
    classNames,
    settings: settingsOf(preparing, {
      pictures: pictures?.digest,
      mostPixels,
      augment,
      shuffleBuffer: shards && shuffleBuffer,
    }),
    ...(shards && { order: (draw) => shardedOrder(shards, length, shuffleBuffer, draw) }),
    async batch(indices, epoch) {
      checkIndices({ name, length }, indices);
      const chosen = Int32Array.from(indices);
      const made = await maker.run({ indices: chosen, epoch });
      bad.add(made.bad);
      const skipped = new Set(made.bad.map(({ index }) => index));
      const asked = chosen.map((index) => Math.floor(index / looks));
      const images = asked.filter((image) => !skipped.has(image));
      return {
        images: { shape: [images.length, channels, height, width], data: made.data },
        labels: images.map((image) => labels[image]!),
        release: made.release,
        ...(skipped.size > 0 && { skipped: Array.from(asked.keys()).filter((at) => skipped.has(asked[at]!)) }),
      };
    },
    dispose: () => maker.dispose(),
  };
}

/** Images in memory as a reader has them. */
function inMemory(source: ImageSource) {
  const { height, width, channels, pixels } = checkedSource(source);
  const from = { height, width, channels };
  return { from, store: { kind: "memory", ...from, pixels } } as const;
}

/** Encoded pictures have no size of their own, and are in colors unless told otherwise. */
function encoded(source: PictureSource, { size, channels = 3 }: OutputOptions) {
  const { storage } = checkedPictures(source);
  if (!size)
    throw new InvalidArgumentError("Encoded pictures are of any size: give the size that they are brought to.");
  return { from: { height: 1, width: 1, channels }, store: storage } as const;
}
