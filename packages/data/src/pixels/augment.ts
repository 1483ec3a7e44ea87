import { InvalidArgumentError } from "@alexnet/core";
import { normal, uniform } from "@alexnet/core/random";
import { checkOptions, describeValue } from "@alexnet/core/support";
import type { PrincipalComponents } from "./principal-components.js";

/**
 * How the images of a training are varied, each anew in every epoch (Krizhevsky et al., 2012, section 4.1). What is drawn is a
 * function of the seed, the epoch and the index of the image: the same for any number of workers, on every machine.
 */
export interface Augmentation {
  /** Decides what is drawn; a training's own seed will do. */
  readonly seed: number;
  /**
   * `[height, width]` that images are resized to (their shorter side, and the middle, for `"center-crop"`), of which a part of
   * `size` is taken at random; `[256, 256]` in the paper. `size` itself unless told, which leaves nothing to chance.
   */
  readonly cropFrom?: readonly [height: number, width: number];
  /** Whether every other image, at random, is mirrored left to right. */
  readonly mirror?: boolean;
  /**
   * Adds to all pixels of an image the principal components of the training set's colors, each times its eigenvalue and a normal
   * draw of this standard deviation; 0.1 in the paper. Colors count from 0 to 1.
   */
  readonly colorNoise?: { readonly deviation: number; readonly components: PrincipalComponents };
}

/** Which part of an image is taken, and what is done to it. */
export interface Placement {
  readonly top: number;
  readonly left: number;
  readonly mirrored: boolean;
  /** Added to red, green and blue, on the scale from 0 to 1. */
  readonly shift: readonly number[] | undefined;
}

/** Epochs and images count in one 53-bit number: so many images there can be. */
const MOST_IMAGES = 2 ** 32;

/** What is drawn for an image in an epoch; `room` is by how much it is higher and wider than the part that is taken. */
export function placementOf(
  { seed, mirror, colorNoise }: Augmentation,
  at: { readonly epoch: number; readonly index: number },
  room: readonly [height: number, width: number],
): Placement {
  const step = at.epoch * MOST_IMAGES + at.index;
  const [vertical = 0, horizontal = 0, side = 0] = uniform({ seed, purpose: "augment", step }, 3);
  return {
    top: Math.floor(vertical * (room[0] + 1)),
    left: Math.floor(horizontal * (room[1] + 1)),
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

/** Throws `InvalidArgumentError` for an augmentation that makes no sense for images of this size. */
export function checkAugmentation(
  augmentation: Augmentation,
  { height, width, channels }: { readonly height: number; readonly width: number; readonly channels: number },
): void {
  checkOptions<Augmentation>("augment", augmentation, { seed: true, cropFrom: true, mirror: true, colorNoise: true });
  const { seed, cropFrom, colorNoise } = augmentation;
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new InvalidArgumentError(`augment: seed must be a whole number of 0 or more; got ${describeValue(seed)}.`);
  }
  if (cropFrom) {
    const [rows, columns] = cropFrom;
    if (!Number.isSafeInteger(rows) || !Number.isSafeInteger(columns) || rows < height || columns < width) {
      throw new InvalidArgumentError(
        `augment: cropFrom must be [height, width], no less than the ${height} x ${width} that are taken; got [${cropFrom}].`,
      );
    }
  }
  if (!colorNoise) return;
  if (channels !== 3) throw new InvalidArgumentError("augment: colorNoise is for images of three channels.");
  if (!(Number.isFinite(colorNoise.deviation) && colorNoise.deviation >= 0)) {
    throw new InvalidArgumentError(
      `augment: the deviation of colorNoise must be 0 or more; got ${describeValue(colorNoise.deviation)}.`,
    );
  }
}
