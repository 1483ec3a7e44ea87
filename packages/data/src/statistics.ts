import type { PrincipalComponents, Tensor } from "@alexnet/core";

/** What the images of a training set have in common; pixels count from 0 to 255, red first. */
export interface ImageStatistics {
  /** Images that were looked at. */
  readonly count: number;
  /** The mean of all, `[C, H, W]`. */
  readonly meanImage: Tensor;
  /** The mean of its pixels, one a channel. */
  readonly mean: readonly number[];
  /** Standard deviation of the pixels of all images around that, one a channel. */
  readonly deviation: readonly number[];
  /** Of their colors, for images in color. */
  readonly components?: PrincipalComponents;
}
