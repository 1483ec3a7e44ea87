import type { Tensor } from "../tensor.js";

/** How a picture becomes what a model takes, beside the size and the number of channels that the model has. */
export interface Preprocessing {
  /**
   * `"stretch"` resizes straight to the model's size, whatever that does to the proportions, as d2l does; the default.
   * `"center-crop"` resizes the shorter side to `shorterSide` and cuts the model's size from the middle, as ImageNet's models
   * are tested.
   */
  readonly resizeMode?: "stretch" | "center-crop";
  /**
   * For `"center-crop"`, in pixels; default 256/224 of the larger side of the model's size, rounded, so 256 for 224, or the larger
   * side of `cropFrom`.
   */
  readonly shorterSide?: number;
  /**
   * `[height, width]` that takes the place of the model's size in `resizeMode`; what the model takes is cut from its middle, and in
   * trainings that vary their images (`Augmentation`) from anywhere in it. `[256, 256]` in the 2012 paper and for Caffe.
   */
  readonly cropFrom?: readonly [height: number, width: number];
  /** What the brightest pixel becomes before `mean` is taken from it; default 1. Caffe's models take 255. */
  readonly range?: 1 | 255;
  /** The order of three channels; default `"rgb"`. Caffe's models take `"bgr"`. */
  readonly channelOrder?: "rgb" | "bgr";
  /** Taken from pixels in `[0, range]`, one per channel in `channelOrder`; default 0. */
  readonly mean?: readonly number[];
  /**
   * An image `[C, H, W]` that is taken off in place of `mean`, channels in `channelOrder`, its middle where it is larger than the
   * model's images: what the 2012 paper and Caffe do.
   */
  readonly meanImage?: Tensor;
  /** Divides what is left, one per channel in `channelOrder`; default 1. */
  readonly std?: readonly number[];
}
