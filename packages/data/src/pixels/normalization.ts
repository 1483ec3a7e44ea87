/** What is taken from and then divides a pixel scaled to `[0, range]`, one value per channel of the output. */
export interface Normalization {
  readonly mean: readonly number[];
  /** Taken off in place of the mean, one value a pixel of the output. */
  readonly meanImage?: Float32Array;
  readonly std: readonly number[];
  readonly range: 1 | 255;
  /** Whether the output has the channels in reverse, blue first. */
  readonly reversed: boolean;
}

/** Mean and standard deviation of ImageNet's RGB pixels scaled to `[0, 1]`, as torchvision's models expect them. */
export const imagenetNormalization: Pick<Normalization, "mean" | "std"> = Object.freeze({
  mean: Object.freeze([0.485, 0.456, 0.406]),
  std: Object.freeze([0.229, 0.224, 0.225]),
});

/** The float32 each of the 256 pixel values becomes, rounded after every step as torchvision's tensors are. */
export function normalizationTable(mean: number, std: number, range: 1 | 255 = 1): Float32Array {
  const { fround } = Math;
  return Float32Array.from({ length: 256 }, (_, value) =>
    fround(fround(fround((value / 255) * range) - fround(mean)) / fround(std)),
  );
}

/**
 * The mean color of ILSVRC 2012 as Caffe's models have it taken off: blue, green and red from 0 to 255 (the mean of
 * `ilsvrc_2012_mean.npy` over all pixels, as in Caffe's classification example), not divided by anything.
 */
export const caffeNormalization = Object.freeze({
  range: 255,
  channelOrder: "bgr",
  mean: Object.freeze([104.0069879317889, 116.66876761696767, 122.6789143406786]),
} as const);
