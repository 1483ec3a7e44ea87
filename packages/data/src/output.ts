import { InvalidArgumentError, type Preprocessing } from "@alexnet/core";
import { checkKind, describeValue, middleOf } from "@alexnet/core/support";
import { type Augmentation, checkAugmentation } from "./pixels/augment.js";
import { centerCropping, type Resizing, stretching } from "./pixels/crop.js";
import type { PixelFormat } from "./pixels/format.js";
import type { Normalization } from "./pixels/normalization.js";

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
    range = 1,
    channelOrder = "rgb",
    mean,
    meanImage,
    std,
  }: OutputOptions,
  augmentation?: Augmentation,
): { readonly to: PixelFormat; readonly resizing: Resizing; readonly normalization: Normalization } {
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
  if (augmentation) checkAugmentation(augmentation, { height, width, channels });
  // What images are resized to, all of which an augmentation takes its parts from.
  const whole = augmentation?.cropFrom ?? ([height, width] as const);
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
  const target = { height: whole[0], width: whole[1], channels };
  const side = augmentation?.cropFrom ? Math.max(...whole) : shorterSide;
  const resizing = resizeMode === "stretch" ? stretching(target) : centerCropping(from, target, side);
  return { to, resizing, normalization };
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
