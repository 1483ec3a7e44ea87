import { type Augmentation, InvalidArgumentError } from "@alexnet/core";
import { normal, uniform } from "@alexnet/core/random";
import { checkOptions, describeValue } from "@alexnet/core/support";
import type { PixelFormat } from "./format.js";
import { checkRandomBox, randomBox } from "./random-box.js";
import type { Crop } from "./resize.js";

/** Which part of an image is taken, and what is done to it. */
export interface Placement {
  /** Where the part begins in the resized image. */
  readonly top: number;
  readonly left: number;
  /** Part of the picture as it is, which is resized to what is wanted; in the place of `top` and `left`. */
  readonly box?: Crop | undefined;
  readonly mirrored: boolean;
  /** Added to red, green and blue, on the scale from 0 to 1. */
  readonly shift: readonly number[] | undefined;
}

/** Epochs and images count in one 53-bit number: so many images there can be. */
const MOST_IMAGES = 2 ** 32;

/**
 * What is drawn for an image in an epoch; `room` is by how much it is, resized, higher and wider than the part that is taken, and
 * `picture` the size it has before.
 */
export function placementOf(
  { seed, mirror, resizedCrop, colorNoise }: Augmentation,
  at: { readonly epoch: number; readonly index: number },
  room: readonly [height: number, width: number],
  picture: Pick<PixelFormat, "height" | "width">,
): Placement {
  const step = at.epoch * MOST_IMAGES + at.index;
  const [vertical = 0, horizontal = 0, side = 0] = uniform({ seed, purpose: "augment", step }, 3);
  return {
    top: Math.floor(vertical * (room[0] + 1)),
    left: Math.floor(horizontal * (room[1] + 1)),
    box: resizedCrop && randomBox(resizedCrop, picture, { seed, step }),
    mirrored: mirror === true && side < 0.5,
    shift: colorNoise && shiftOf(colorNoise, normal({ seed, purpose: "augment:color", step }, 3)),
  };
}

/** The middle of the image, as it is when nothing is drawn: in evaluations. */
export function middlePlacement([height, width]: readonly [height: number, width: number]): Placement {
  return { top: Math.floor(height / 2), left: Math.floor(width / 2), mirrored: false, shift: undefined };
}

function shiftOf(
  { deviation, components }: NonNullable<Augmentation["colorNoise"]>,
  draws: Float32Array,
): readonly number[] {
  const { eigenvalues, eigenvectors } = components;
  return [0, 1, 2].map((channel) =>
    eigenvalues.reduce(
      (sum, value, which) => sum + eigenvectors[which]![channel]! * value * draws[which]! * deviation,
      0,
    ),
  );
}

/** Throws `InvalidArgumentError` for an augmentation that makes no sense for images of so many channels, with a `cropFrom` or without. */
export function checkAugmentation(augmentation: Augmentation, channels: number, hasCropFrom: boolean): void {
  checkOptions<Augmentation>("augment", augmentation, {
    seed: true,
    resizedCrop: true,
    mirror: true,
    colorNoise: true,
  });
  const { seed, resizedCrop, colorNoise } = augmentation;
  if (resizedCrop && hasCropFrom)
    throw new InvalidArgumentError("cropFrom and augment.resizedCrop exclude each other.");
  if (resizedCrop) checkRandomBox(resizedCrop);
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InvalidArgumentError(`augment: seed must be a whole number of 0 or more; got ${describeValue(seed)}.`);
  }
  if (!colorNoise) return;
  if (channels !== 3) throw new InvalidArgumentError("augment: colorNoise is for images of three channels.");
  if (!(Number.isFinite(colorNoise.deviation) && colorNoise.deviation >= 0)) {
    throw new InvalidArgumentError(
      `augment: the deviation of colorNoise must be 0 or more; got ${describeValue(colorNoise.deviation)}.`,
    );
  }
}
