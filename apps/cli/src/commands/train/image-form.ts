import type { Augmentation, ImageRecipe, Preprocessing } from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import type { ImageSource, ImageStatistics, PictureLimits, PictureSource } from "@alexnet/data";
import { type FormOptions, limitsOf } from "../../choices/open-split.js";
import { endingWith } from "../../program/ending-with.js";
import { gaugeLine } from "../../program/gauge-line.js";
import type { Terminal } from "../../program/terminal.js";

/** How the images of both splits are prepared, and those of the training set varied: settled, nothing is left to be computed. */
export interface ImageForm {
  readonly preprocessing?: Preprocessing;
  readonly augmentation?: Augmentation;
}

/** What a recipe makes of these images: means and principal components are computed from them. */
export async function settledForm(
  { preprocessing, subtract, variation, colorNoise }: ImageRecipe,
  source: ImageSource | PictureSource,
  {
    inputSize,
    channels,
    seed,
    ...limits
  }: PictureLimits & Pick<FormOptions, "inputSize" | "channels"> & { readonly seed: number },
  terminal: Terminal,
): Promise<ImageForm> {
  const isVaried = variation !== undefined || colorNoise !== undefined || preprocessing.cropFrom !== undefined;
  const { resizeMode, shorterSide, cropFrom = [inputSize, inputSize] } = preprocessing;
  const needed = subtract !== undefined || colorNoise !== undefined;
  const prepared = needed && channels !== 1 ? preparedStatistics(source, preprocessing) : undefined;
  const statistics = prepared ?? (needed ? await computed() : undefined);

  async function computed(): Promise<ImageStatistics> {
    const { imageStatistics } = await import("@alexnet/data");
    if (!terminal.interactive) terminal.note("Computing the mean and the colors of the training images …");
    const found = await endingWith(terminal, undefined, (signal) =>
      imageStatistics(source, {
        size: cropFrom,
        // `imageDataset` refuses any other number.
        ...limitsOf(limits),
        ...defined({ channels: channels as 1 | 3 | undefined, resizeMode, shorterSide }),
        onProgress: (done, total) => gaugeLine(terminal, "mean and colors", done, total),
        signal,
      }),
    );
    terminal.status("");
    return found;
  }

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

/** What prepared pictures know of themselves, where they were cut as the model's are. */
function preparedStatistics(
  source: ImageSource | PictureSource,
  { resizeMode, shorterSide, cropFrom }: Preprocessing,
): ImageStatistics | undefined {
  const known = "storage" in source ? source.statistics : undefined;
  const side = known?.size[0];
  const isSame = resizeMode === "center-crop" && cropFrom?.every((extent) => extent === side);
  return isSame && (shorterSide ?? side) === side ? known : undefined;
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
