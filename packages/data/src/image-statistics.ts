import { type Batch, DatasetError, type PrincipalComponents, type Tensor } from "@alexnet/core";
import { checkOptions } from "@alexnet/core/support";
import { type ImageDatasetOptions, imageDataset } from "./image-dataset.js";
import type { ImageSource } from "./image-source.js";
import type { PictureSource } from "./pictures/picture-source.js";
import { colorSums } from "./pixels/principal-components.js";

/** What the images of a training set have in common; pixels count from 0 to 255, red first. */
export interface ImageStatistics {
  /** Images that were looked at. */
  readonly count: number;
  /** The mean of all, `[C, H, W]`. */
  readonly meanImage: Tensor;
  /** The mean of its pixels, one a channel. */
  readonly mean: readonly number[];
  /** Standard deviation of the pixels of all images around that, one a channel. */
  readonly deviation: readonly number[];
  /** Of their colors, for images in color. */
  readonly components?: PrincipalComponents;
}

/** How images are brought to one size before they are compared, and who is told how far it is. */
export interface ImageStatisticsOptions
  extends Pick<
    ImageDatasetOptions,
    "size" | "channels" | "resizeMode" | "shorterSide" | "workers" | "mostBad" | "onBad"
  > {
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
    mostBad: true,
    onBad: true,
    onProgress: true,
    signal: true,
  });
  const { onProgress, signal, ...others } = options;
  const dataset = imageDataset(source, { ...others, range: 255 });
  try {
    const [channels = 0, height = 0, width = 0] = dataset.imageShape;
    const plane = height * width;
    const sums = new Float64Array(channels * plane);
    const squares = new Float64Array(channels);
    const colors = colorSums();
    let count = 0;
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
        const pixels = images.data.subarray(image * channels * plane, (image + 1) * channels * plane);
        for (let at = 0; at < pixels.length; at++) sums[at]! += pixels[at]!;
        for (let channel = 0; channel < channels; channel++) {
          let square = 0;
          for (let at = channel * plane; at < (channel + 1) * plane; at++) square += pixels[at]! * pixels[at]!;
          squares[channel]! += square;
        }
        if (channels === 3) colors.addPlanes(pixels, plane);
      }
      count += labels.length;
      onProgress?.(Math.min(start + TOGETHER, dataset.length), dataset.length);
    }
    if (count === 0) throw new DatasetError(`None of the pictures of "${dataset.name}" can be read.`);
    const mean = Array.from({ length: channels }, (_, channel) => {
      const sum = sums.subarray(channel * plane, (channel + 1) * plane).reduce((total, value) => total + value, 0);
      return sum / (count * plane);
    });
    return {
      count,
      meanImage: { shape: dataset.imageShape, data: Float32Array.from(sums, (sum) => sum / count) },
      mean,
      deviation: mean.map((value, channel) => Math.sqrt(squares[channel]! / (count * plane) - value * value)),
      ...(channels === 3 && { components: colors.components() }),
    };
  } finally {
    await dataset.dispose?.();
  }
}
