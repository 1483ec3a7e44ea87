import type { ImageRecipe, Preprocessing, RandomBox, Variation } from "@alexnet/core";
import { UsageError } from "../program/errors.js";

/** The flags that say how pictures are prepared and varied. */
export interface ImageFlags {
  readonly resize?: "stretch" | "center-crop";
  readonly shorterSide?: number;
  readonly cropFrom?: number;
  readonly range?: 1 | 255;
  readonly channelOrder?: "rgb" | "bgr";
  readonly mean?: "image" | "color" | "none" | readonly number[];
  readonly std?: readonly number[];
  readonly resizedCrop?: "none" | RandomBox["scale"];
  readonly mirrorImages?: boolean;
  readonly colorNoise?: number;
}

/** The proportions that torchvision's parts have. */
const RATIO: RandomBox["ratio"] = [3 / 4, 4 / 3];

/** What a recipe makes of pictures, with what the flags say instead. Throws `UsageError` for flags that do not go together. */
export function imagesWithFlags(images: ImageRecipe, flags: ImageFlags): ImageRecipe {
  const { preprocessing, subtract, variation, colorNoise, views } = images;
  const noise = flags.colorNoise ?? colorNoise;
  const kind = flags.mean === undefined ? subtract : subtracted(flags.mean);
  const varied = variationWithFlags(variation, flags);
  return {
    preprocessing: preprocessingWithFlags(preprocessing, flags),
    ...(kind && { subtract: kind }),
    ...(varied && { variation: varied }),
    ...(noise !== undefined && noise !== 0 && { colorNoise: noise }),
    ...(views && { views }),
  };
}

function subtracted(mean: NonNullable<ImageFlags["mean"]>): ImageRecipe["subtract"] {
  return mean === "image" ? "mean-image" : mean === "color" ? "mean-color" : undefined;
}

function preprocessingWithFlags(base: Preprocessing, flags: ImageFlags): Preprocessing {
  const { resize, shorterSide, cropFrom, range, channelOrder, mean, std } = flags;
  // Any mean that is asked for takes the place of another; a part of the picture itself that of a part of its middle.
  const { mean: its, meanImage, cropFrom: whole, ...others } = base;
  const keepsMean = mean === undefined;
  const side = cropFrom === undefined ? whole : cropFrom === 0 ? undefined : ([cropFrom, cropFrom] as const);
  const resizedCrop = flags.resizedCrop !== undefined && flags.resizedCrop !== "none";
  if (resizedCrop && cropFrom) throw new UsageError("--crop-from and --resized-crop exclude each other.");
  return {
    ...others,
    ...(resize && { resizeMode: resize }),
    ...(shorterSide !== undefined && { shorterSide }),
    ...(side && !resizedCrop && { cropFrom: side }),
    ...(range !== undefined && { range }),
    ...(channelOrder && { channelOrder }),
    ...(keepsMean && its && { mean: its }),
    ...(keepsMean && meanImage && { meanImage }),
    ...(Array.isArray(mean) && { mean }),
    ...(std && { std }),
  };
}

function variationWithFlags(base: Variation | undefined, flags: ImageFlags): Variation | undefined {
  const { resizedCrop: box, mirror: sides = false } = base ?? {};
  const { cropFrom, resizedCrop = cropFrom ? "none" : box, mirrorImages: mirror = sides } = flags;
  const scale = resizedCrop === "none" ? undefined : resizedCrop;
  if (!scale && !mirror) return undefined;
  return {
    ...(scale && { resizedCrop: "scale" in scale ? scale : { scale, ratio: RATIO } }),
    ...(mirror && { mirror }),
  };
}

/** The same for images of another size than the recipe was made for: what is resized to is larger or smaller by as much. */
export function scaledImages(images: ImageRecipe, share: number): ImageRecipe {
  const { cropFrom, shorterSide } = images.preprocessing;
  const scaled = (extent: number): number => Math.round(extent * share);
  return {
    ...images,
    preprocessing: {
      ...images.preprocessing,
      ...(cropFrom && { cropFrom: [scaled(cropFrom[0]), scaled(cropFrom[1])] }),
      ...(shorterSide !== undefined && { shorterSide: scaled(shorterSide) }),
    },
  };
}
