import type { Tensor } from "@alexnet/core";
import { checkOptions } from "@alexnet/core/support";
import { checkedOutput, OUTPUT_OPTIONS, type OutputOptions } from "../output.js";
import { preparer } from "../pixels/preparer.js";
import type { DecodedImage } from "./decode-image.js";

/**
 * A decoded image as a batch of one, `[1, C, H, W]` float32, made as `imageDataset` makes its batches; `"center-crop"`
 * rounds sizes and margins as torchvision does. Throws `InvalidArgumentError` for options out of range.
 */
export function imageTensor(image: DecodedImage, options: OutputOptions = {}): Tensor {
  checkOptions("imageTensor", options, OUTPUT_OPTIONS);
  const { to, resizing, normalization } = checkedOutput(image, options);
  const data = new Float32Array(to.channels * to.height * to.width);
  preparer(image, to, resizing, normalization)(image.data, data);
  return { shape: [1, to.channels, to.height, to.width], data };
}
