import { type Augmentation, InvalidArgumentError, type Preprocessing } from "@alexnet/core";
import { checkKind, describeValue, middleOf, wholeOf } from "@alexnet/core/support";
import { checkAugmentation } from "./pixels/augment.js";
import type { PixelFormat } from "./pixels/format.js";
import type { Preparing } from "./pixels/preparer.js";

/** What a model wants to be given. */
export interface OutputOptions extends Preprocessing {
  /** `[height, width]` to resize to; default the size the images have. */
  readonly size?: readonly [height: number, width: number];
  /** 1 for gray, 3 for RGB; default what the images have. RGB becomes its luminance, gray is repeated. */
  readonly channels?: 1 | 3;
}

/** Their names. */
export const OUTPUT_OPTIONS = {
  size: true,
  channels: true,
  resizeMode: true,
  shorterSide: true,
  cropFrom: true,
  range: true,
  channelOrder: true,
  mean: true,
  meanImage: true,
  std: true,
} as const satisfies Readonly<Record<keyof OutputOptions, true>>;

/** The options with their defaults. Throws `InvalidArgumentError` for one that is out of range. */
export function checkedOutput(
  from: PixelFormat,
  {
    size = [from.height, from.width],
    channels = from.channels,
    resizeMode = "stretch",
    shorterSide,
    cropFrom,
    range = 1,
    channelOrder = "rgb",
    mean,
    meanImage,
    std,
  }: OutputOptions,
  augmentation?: Augmentation,
): Preparing {
  if (!Array.isArray(size) || size.length !== 2) {
    throw new InvalidArgumentError(`size must be [height, width]; got ${describeValue(size)}.`);
  }
  const [height, width] = size;
  if (!isExtent(height) || !isExtent(width)) {
    throw new InvalidArgumentError(`size must be [height, width] of 1 or more pixels; got [${size.join(", ")}].`);
  }
  if (channels !== 1 && channels !== 3) {
    throw new InvalidArgumentError(`channels must be 1 for gray or 3 for RGB; got ${channels}.`);
  }
  if (range !== 1 && range !== 255) {
    throw new InvalidArgumentError(`range must be 1 or 255; got ${describeValue(range)}.`);
  }
  checkKind("resizeMode", resizeMode, ["stretch", "center-crop"]);
  checkKind("channelOrder", channelOrder, ["rgb", "bgr"]);
  if (augmentation) checkAugmentation(augmentation, channels, cropFrom !== undefined);
  if (cropFrom) checkCropFrom(cropFrom, [height, width]);
  const { size: whole, shorterSide: side } = wholeOf(
    { ...(cropFrom && { cropFrom }), ...(shorterSide !== undefined && { shorterSide }) },
    [height, width],
  );
  if (mean && meanImage) throw new InvalidArgumentError("mean and meanImage cannot both be taken off: give one.");
  const normalization = {
    ...(meanImage && { meanImage: middleOf("meanImage", meanImage, [channels, ...whole]) }),
    range,
    reversed: channelOrder === "bgr",
    mean: perChannel("mean", mean ?? Array<number>(channels).fill(0), channels),
    std: perChannel("std", std ?? Array<number>(channels).fill(1), channels),
  };
  if (normalization.std.some((value) => value <= 0)) {
    throw new InvalidArgumentError(`std must be above 0; got [${normalization.std.join(", ")}].`);
  }
  const to = { height, width, channels };
  if (resizeMode === "center-crop" && (!Number.isSafeInteger(side) || side < Math.max(...whole))) {
    throw new InvalidArgumentError(
      `shorterSide must be a whole number of pixels, no less than the crop of ${whole[0]} x ${whole[1]}; got ${describeValue(side)}.`,
    );
  }
  return { to, geometry: { resizeMode, shorterSide: side, whole }, normalization };
}

function checkCropFrom(
  cropFrom: readonly [height: number, width: number],
  [height, width]: readonly [height: number, width: number],
): void {
  const isPair = Array.isArray(cropFrom) && cropFrom.length === 2 && cropFrom.every(isExtent);
  if (isPair && cropFrom[0] >= height && cropFrom[1] >= width) return;
  throw new InvalidArgumentError(
    `cropFrom must be [height, width], no less than the ${height} x ${width} that are taken; got ` +
      `${Array.isArray(cropFrom) ? `[${cropFrom.join(", ")}]` : describeValue(cropFrom)}.`,
  );
}

function perChannel(name: string, values: readonly number[], channels: number): readonly number[] {
  if (!Array.isArray(values) || values.length !== channels || !values.every(Number.isFinite)) {
    throw new InvalidArgumentError(
      `${name} must be ${channels} finite ${channels === 1 ? "number" : "numbers"}, one per channel; ` +
        `got ${Array.isArray(values) ? `[${values.join(", ")}]` : describeValue(values)}.`,
    );
  }
  return values;
}

function isExtent(value: number): boolean {
  return Number.isSafeInteger(value) && value > 0;
}
