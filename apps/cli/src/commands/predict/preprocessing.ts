import type { Model, Preprocessing } from "@alexnet/core";
import { caffeNormalization, imagenetNormalization } from "@alexnet/data";
import type { LoadedWeights } from "@alexnet/runs";
import { UsageError } from "../../program/errors.js";
import { describePreprocessing } from "../../text/preprocessing.js";
import type { Preset } from "./preset-names.js";

/** The ways that models of a family were trained with. */
const presets = {
  /** As the datasets here: the whole picture, pixels from 0 to 1. */
  plain: {},
  torchvision: { resizeMode: "center-crop", ...imagenetNormalization },
  caffe: caffeNormalization,
} as const satisfies Readonly<Record<Preset, Preprocessing>>;

/** The flags that say how pictures are to be prepared. */
export interface PreprocessingFlags {
  readonly preprocessing?: Preset;
  readonly resize?: "stretch" | "center-crop";
  readonly range?: 1 | 255;
  readonly channelOrder?: "rgb" | "bgr";
  readonly mean?: readonly number[];
  readonly std?: readonly number[];
}

/** What the zoo's models were published with. */
const familyOf: Readonly<Record<string, Preset>> = { "alexnet-torchvision": "torchvision", "alexnet-caffe": "caffe" };

/**
 * How pictures are prepared for these weights, and what is to be said about it: as the file says, or the family does that it
 * is of; weights of our own trainings saw the datasets as they are. A file that does not say is taken for one of its model's
 * family, which is said and never assumed silently. Flags decide over all.
 */
export function preprocessingFor(
  weights: LoadedWeights,
  model: Model,
  { preprocessing: asked, resize, range, channelOrder, mean, std }: PreprocessingFlags,
): { readonly preprocessing: Preprocessing; readonly note?: string } {
  const settings = { resizeMode: resize, range, channelOrder, mean, std };
  const given: Preprocessing = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
  const isOurs = weights.info.dataset !== undefined;
  const said = asked === undefined ? (weights.info.preprocessing ?? (isOurs ? presets.plain : undefined)) : undefined;
  const preset = asked ?? familyOf[model.name] ?? "plain";
  if (model.inputShape[0] === 1 && said === undefined && preset !== "plain") {
    throw new UsageError(`This ${model.name} takes gray images, and ${preset} prepares colors: --preprocessing plain.`);
  }
  const { meanImage, ...known }: Preprocessing = said ?? presets[preset];
  // A mean that is asked for takes the place of any other.
  const preprocessing: Preprocessing = { ...known, ...(meanImage && !mean && { meanImage }), ...given };
  const isTold = asked !== undefined || Object.keys(given).length > 0;
  if (isOurs && !isTold) return { preprocessing };
  const guess =
    said !== undefined || isTold
      ? ""
      : ` ${weights.location} does not say how its images were; this is ${sources[preset]}. ` +
        "--preprocessing, --resize, --range, --channel-order, --mean and --std choose another way.";
  return { preprocessing, note: `Pictures are prepared so: ${describePreprocessing(preprocessing)}.${guess}` };
}

const sources: Readonly<Record<Preset, string>> = {
  plain: "how the datasets here are made",
  torchvision: "how torchvision's models are tested",
  caffe: "how Caffe's models are tested",
};
