import { InvalidArgumentError, type Tensor } from "@alexnet/core";
import { checkKind, checkOptions } from "@alexnet/core/support";
import { checkedOutput, OUTPUT_OPTIONS, type OutputOptions } from "../output.js";
import { luminance } from "../pixels/luminance.js";
import { preparer } from "../pixels/preparer.js";
import { bilinearResizer } from "../pixels/resize.js";
import { centerOf, shorterSideSize } from "./crop.js";
import type { DecodedImage } from "./decode-image.js";

/** How an image becomes what a model takes. */
export interface ImageTensorOptions extends OutputOptions {
  /**
   * `"stretch"` resizes straight to `size`, whatever that does to the proportions, as d2l does; the default.
   * `"center-crop"` resizes the shorter side to `shorterSide` and cuts `size` from the middle, as ImageNet's models
   * are tested.
   */
  readonly resizeMode?: "stretch" | "center-crop";
  /** For `"center-crop"`, in pixels; default 256/224 of the larger side of `size`, rounded, so 256 for 224. */
  readonly shorterSide?: number;
}

/**
 * A decoded image as a batch of one, `[1, C, H, W]` float32, made as `imageDataset` makes its batches; `"center-crop"`
 * rounds sizes and margins as torchvision does. Throws `InvalidArgumentError` for options out of range.
 */
export function imageTensor(image: DecodedImage, options: ImageTensorOptions = {}): Tensor {
  checkOptions("imageTensor", options, { ...OUTPUT_OPTIONS, resizeMode: true, shorterSide: true });
  checkKind("imageTensor: resizeMode", options.resizeMode ?? "stretch", ["stretch", "center-crop"]);
  const { to, normalization } = checkedOutput(image, options);
  const size = [to.height, to.width] as const;
  const colored = to.channels === 1 ? gray(image) : image;
  const cropped = options.resizeMode === "center-crop" ? centerCrop(colored, size, options.shorterSide) : colored;
  const data = new Float32Array(to.channels * to.height * to.width);
  preparer(cropped, to, normalization)(cropped.data, data);
  return { shape: [1, to.channels, to.height, to.width], data };
}

function gray(image: DecodedImage): DecodedImage {
  if (image.channels === 1) {
    return image;
  }
  return { ...image, channels: 1, data: luminance(image.data, new Uint8Array(image.height * image.width)) };
}

function centerCrop(
  image: DecodedImage,
  size: readonly [height: number, width: number],
  shorterSide = Math.round((Math.max(...size) * 256) / 224),
): DecodedImage {
  if (!Number.isSafeInteger(shorterSide) || shorterSide < Math.max(...size)) {
    throw new InvalidArgumentError(
      `shorterSide must be a whole number of pixels, no less than the crop of ${size.join(" x ")}; got ${shorterSide}.`,
    );
  }
  const resized = shorterSideSize([image.height, image.width], shorterSide);
  const crop = centerOf(resized, size);
  const resize = bilinearResizer([image.height, image.width], resized, image.channels, crop);
  return { height: crop.height, width: crop.width, channels: image.channels, data: resize(image.data) };
}
