import type { Tensor } from "@alexnet/core";
import { checkOptions } from "@alexnet/core/support";
import { checkedOutput, OUTPUT_OPTIONS, type OutputOptions } from "../output.js";
import type { DecodedImage } from "../pixels/format.js";
import { preparer } from "../pixels/preparer.js";

/**
 * A decoded image as a batch of one, `[1, C, H, W]` float32, made as `imageDataset` makes its batches; `"center-crop"`
 * rounds sizes and margins as torchvision does. Throws `InvalidArgumentError` for options out of range.
 */
export function imageTensor(image: DecodedImage, options: OutputOptions = {}): Tensor {
  checkOptions("imageTensor", options, OUTPUT_OPTIONS);
  const preparing = checkedOutput(image, options);
  const { to } = preparing;
  const data = new Float32Array(to.channels * to.height * to.width);
  preparer(preparing)(image, data);
  return { shape: [1, to.channels, to.height, to.width], data };
}
