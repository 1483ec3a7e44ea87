import { formatShape, InvalidArgumentError, type Preprocessing, type Tensor } from "@alexnet/core";
import { checkKind, checkTensor, describeValue } from "@alexnet/core/support";
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
    ...(meanImage && { meanImage: middleOf(meanImage, [channels, ...whole]) }),
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

/** The middle of a mean image, as large as the images. Throws `InvalidArgumentError` for one that is smaller. */
function middleOf(meanImage: Tensor, shape: readonly [channels: number, height: number, width: number]): Float32Array {
  checkTensor(meanImage, "meanImage");
  const [channels, height, width] = shape;
  const [found, rows = 0, columns = 0] = meanImage.shape;
  if (meanImage.shape.length !== 3 || found !== channels || rows < height || columns < width) {
    throw new InvalidArgumentError(
      `meanImage must have the shape ${formatShape(shape)}, or be higher and wider; got ${formatShape(meanImage.shape)}.`,
    );
  }
  const [top, left] = [Math.floor((rows - height) / 2), Math.floor((columns - width) / 2)];
  const middle = new Float32Array(channels * height * width);
  for (let row = 0; row < channels * height; row++) {
    const start = (Math.floor(row / height) * rows + top + (row % height)) * columns + left;
    middle.set(meanImage.data.subarray(start, start + width), row * width);
  }
  return middle;
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
