import {
  type Augmentation,
  type Dataset,
  DatasetError,
  type ImageRecipe,
  type Preprocessing,
  type Tensor,
} from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import type { ImageSource, ImageStatistics, PictureSource } from "@alexnet/data";
import { badPictureNotes } from "../../choices/bad-pictures.js";
import type { ChosenDataset } from "../../choices/datasets.js";
import { type FetchFlags, fetching } from "../../choices/fetching.js";
import { datasetOf, type FormOptions, openSource, type SourceOptions } from "../../choices/open-split.js";
import { InterruptedError } from "../../program/errors.js";
import { interruptible } from "../../program/interrupt.js";
import type { Terminal } from "../../program/terminal.js";
import { gauge } from "../../text/bar.js";
import { count } from "../../text/format.js";

/** How the images of both splits are prepared, and those of the training set varied: settled, nothing is left to be computed. */
export interface ImageForm {
  readonly preprocessing?: Preprocessing;
  readonly augmentation?: Augmentation;
}

/** What is asked of the data of a training. */
export interface DataOptions extends FetchFlags, Pick<FormOptions, "inputSize" | "channels" | "mostBad"> {
  readonly division?: SourceOptions["division"];
  readonly limitTrain?: number | undefined;
  readonly limitTest?: number | undefined;
  /** How images are prepared, once it is known what they are. */
  form(training: ImageSource | PictureSource): Promise<ImageForm>;
}

/** Both splits of a dataset, and what was made of them. */
export interface TrainingData extends ImageForm {
  readonly training: Dataset;
  readonly test: Dataset;
  /** An image of the test set as it is, `[1, C, H, W]`, pixels from 0 to 1. */
  example(): Promise<Tensor>;
  dispose(): Promise<void>;
}

/** Both splits of a dataset, resized to what the model takes. Throws `DatasetError`. */
export async function openData(
  { entry, directory }: ChosenDataset,
  options: DataOptions,
  terminal: Terminal,
): Promise<TrainingData> {
  const { division, inputSize, channels, limitTrain, limitTest, mostBad, form } = options;
  const where = { ...defined({ directory, division }), fetch: fetching(options, terminal) };
  const sources = {
    training: await openSource(entry, { ...where, split: "train" }),
    test: await openSource(entry, { ...where, split: "test" }),
  };
  const { preprocessing, augmentation } = await form(sources.training);
  terminal.status("");
  const bad = badPictureNotes(terminal);
  const common = { inputSize, ...defined({ channels, preprocessing, mostBad }), onBad: bad.add };
  const training = await datasetOf(sources.training, { ...common, ...defined({ augmentation, limit: limitTrain }) });
  try {
    const test = await datasetOf(sources.test, { ...common, ...defined({ limit: limitTest }) });
    return {
      training,
      test,
      ...defined({ preprocessing, augmentation }),
      example: () => exampleOf(sources.test, { inputSize, ...defined({ channels }) }),
      async dispose() {
        await training.dispose?.();
        await test.dispose?.();
      },
    };
  } catch (error) {
    await training.dispose?.();
    throw error;
  }
}

/** An image from the middle that can be read, as it is. */
async function exampleOf(
  source: ImageSource | PictureSource,
  form: Pick<FormOptions, "inputSize" | "channels">,
): Promise<Tensor> {
  const plain = await datasetOf(source, { ...form, mostBad: source.labels.length });
  try {
    for (let at = plain.length >> 1; at < plain.length; at++) {
      const { images } = await plain.batch([at]);
      if (images.shape[0] === 1) return images;
    }
    throw new DatasetError(`None of the last pictures of "${plain.name}" can be read.`);
  } finally {
    await plain.dispose?.();
  }
}

/** What a recipe makes of these images: means and principal components are computed from them. */
export async function settledForm(
  { preprocessing, subtract, variation, colorNoise }: ImageRecipe,
  source: ImageSource | PictureSource,
  {
    inputSize,
    channels,
    seed,
    mostBad,
  }: Pick<DataOptions, "inputSize" | "channels" | "mostBad"> & { readonly seed: number },
  terminal: Terminal,
): Promise<ImageForm> {
  const isVaried = variation !== undefined || colorNoise !== undefined || preprocessing.cropFrom !== undefined;
  const { resizeMode, shorterSide, cropFrom = [inputSize, inputSize] } = preprocessing;
  const needed = subtract !== undefined || colorNoise !== undefined;
  const statistics = needed
    ? await withProgress(terminal, async (onProgress, signal) => {
        const { imageStatistics } = await import("@alexnet/data");
        return imageStatistics(source, {
          size: cropFrom,
          // `imageDataset` refuses any other number.
          ...defined({ channels: channels as 1 | 3 | undefined, resizeMode, shorterSide, mostBad }),
          onProgress,
          signal,
        });
      })
    : undefined;
  return {
    preprocessing: { ...preprocessing, ...(statistics && subtract && meanOf(statistics, subtract, preprocessing)) },
    ...(isVaried && {
      augmentation: {
        seed,
        ...variation,
        ...(statistics?.components &&
          colorNoise !== undefined && { colorNoise: { deviation: colorNoise, components: statistics.components } }),
      },
    }),
  };
}

/** Means on the scale and in the order of the model's pixels. */
function meanOf(
  { meanImage, mean }: ImageStatistics,
  subtract: NonNullable<ImageRecipe["subtract"]>,
  { range = 1, channelOrder = "rgb" }: Preprocessing,
): Pick<Preprocessing, "mean" | "meanImage"> {
  const scale = range / 255;
  const isReversed = channelOrder === "bgr";
  if (subtract === "mean-color") return { mean: (isReversed ? mean.toReversed() : mean).map((value) => value * scale) };
  const [channels = 0] = meanImage.shape;
  const plane = meanImage.data.length / channels;
  const data = new Float32Array(meanImage.data.length);
  for (let channel = 0; channel < channels; channel++) {
    const from = (isReversed ? channels - 1 - channel : channel) * plane;
    for (let at = 0; at < plane; at++) data[channel * plane + at] = meanImage.data[from + at]! * scale;
  }
  return { meanImage: { shape: meanImage.shape, data } };
}

/** Shows how far the work is; Ctrl-C ends it. */
async function withProgress<Result>(
  terminal: Terminal,
  work: (onProgress: (done: number, total: number) => void, signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const interrupt = interruptible(() => {});
  terminal.onBrokenPipe(interrupt.abort);
  if (!terminal.interactive) terminal.note("Computing the mean and the colors of the training images …");
  try {
    return await work((done, total) => {
      if (terminal.interactive) {
        terminal.status(`mean and colors  ${gauge(done / total, 24)}  ${count(done)}/${count(total)}`);
      }
    }, interrupt.signal);
  } catch (error) {
    const exitCode = interrupt.exitCode();
    throw exitCode === undefined ? error : new InterruptedError(exitCode);
  } finally {
    interrupt.dispose();
    terminal.status("");
  }
}
