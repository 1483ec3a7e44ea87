import { type Dataset, DatasetError, type Tensor } from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import type { ImageSource, PictureLimits, PictureSource } from "@alexnet/data";
import { type LeftOut, leftOutPictures } from "../../choices/bad-pictures.js";
import type { ChosenDataset } from "../../choices/datasets.js";
import { type FetchFlags, fetching } from "../../choices/fetching.js";
import {
  datasetOf,
  type FormOptions,
  limitsOf,
  openSource,
  picturesOf,
  type SourceOptions,
} from "../../choices/open-split.js";
import type { Terminal } from "../../program/terminal.js";
import type { ImageForm } from "./image-form.js";

/** What is asked of the data of a training. */
export interface DataOptions extends FetchFlags, PictureLimits, Pick<FormOptions, "inputSize" | "channels"> {
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
  /** Tells the pictures to test with from others, where they are pictures. */
  readonly testPictures?: string;
  /** Pictures of both that could not be read so far. */
  readonly leftOut: LeftOut;
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
  const { division, inputSize, channels, limitTrain, limitTest, form } = options;
  const where = { ...defined({ directory, division }), fetch: fetching(options, terminal) };
  const sources = {
    training: await openSource(entry, { ...where, split: "train" }),
    test: await openSource(entry, { ...where, split: "test" }),
  };
  const { preprocessing, augmentation } = await form(sources.training);
  terminal.status("");
  const leftOut = leftOutPictures(terminal);
  const common = { inputSize, ...limitsOf(options), ...defined({ channels, preprocessing }), onBad: leftOut.add };
  const training = await datasetOf(sources.training, { ...common, ...defined({ augmentation, limit: limitTrain }) });
  try {
    const test = await datasetOf(sources.test, { ...common, ...defined({ limit: limitTest }) });
    return {
      training,
      test,
      leftOut,
      ...defined({ preprocessing, augmentation, testPictures: picturesOf(sources.test) }),
      example: () => exampleOf(sources.test, { inputSize, ...limitsOf(options), ...defined({ channels }) }),
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
  form: PictureLimits & Pick<FormOptions, "inputSize" | "channels">,
): Promise<Tensor> {
  // One image is not worth a thread.
  const plain = await datasetOf(source, { ...form, mostBad: source.labels.length, workers: 0 });
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
