import { type Batch, DatasetError } from "@alexnet/core";
import { checkOptions } from "@alexnet/core/support";
import { type ImageDatasetOptions, imageDataset } from "./image-dataset.js";
import type { ImageSource } from "./image-source.js";
import { imageSums } from "./image-sums.js";
import { LIMIT_OPTIONS, type PictureLimits } from "./pictures/limits.js";
import type { PictureSource } from "./pictures/picture-source.js";
import type { ImageStatistics } from "./statistics.js";

/** How images are brought to one size before they are compared, and who is told how far it is. */
export interface ImageStatisticsOptions
  extends PictureLimits,
    Pick<ImageDatasetOptions, "size" | "channels" | "resizeMode" | "shorterSide" | "workers" | "onBad"> {
  /** Told how many images of all have been looked at. */
  readonly onProgress?: (done: number, total: number) => void;
  /** Ends it early, with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Images looked at together. */
const TOGETHER = 64;

/**
 * Mean image, mean and deviation of the pixels, and principal components of the colors, of all images of a source, one after the other:
 * memory does not grow with their number. The sums are exact. Throws what `imageDataset` throws, `DatasetError` when no picture can be
 * read, and the signal's reason when aborted.
 */
export async function imageStatistics(
  source: ImageSource | PictureSource,
  options: ImageStatisticsOptions = {},
): Promise<ImageStatistics> {
  checkOptions<ImageStatisticsOptions>("imageStatistics", options, {
    size: true,
    channels: true,
    resizeMode: true,
    shorterSide: true,
    workers: true,
    ...LIMIT_OPTIONS,
    onBad: true,
    onProgress: true,
    signal: true,
  });
  const { onProgress, signal, ...others } = options;
  const dataset = imageDataset(source, { ...others, range: 255 });
  try {
    const sums = imageSums(dataset.imageShape);
    const [channels = 0, height = 0, width = 0] = dataset.imageShape;
    const length = channels * height * width;
    const fetch = (start: number): Promise<Batch> => {
      const count = Math.min(TOGETHER, dataset.length - start);
      const batch = dataset.batch(Array.from({ length: count }, (_, index) => start + index));
      // It may fail while another is added up; the failure is met when it is awaited.
      batch.catch(() => {});
      return batch;
    };
    let next = fetch(0);
    for (let start = 0; start < dataset.length; start += TOGETHER) {
      signal?.throwIfAborted();
      const { images, labels } = await next;
      if (start + TOGETHER < dataset.length) next = fetch(start + TOGETHER);
      for (let image = 0; image < labels.length; image++) {
        sums.add(images.data.subarray(image * length, (image + 1) * length));
      }
      onProgress?.(Math.min(start + TOGETHER, dataset.length), dataset.length);
    }
    const statistics = sums.statistics();
    if (!statistics) throw new DatasetError(`None of the pictures of "${dataset.name}" can be read.`);
    return statistics;
  } finally {
    await dataset.dispose?.();
  }
}
