import type { Shape4 } from "@alexnet/core";
import type { ConvolutionAttributes } from "@alexnet/core/program";
import { convolve } from "./convolution.js";
import type { OperationKernel } from "./kernel.js";
import { type Placement, pad } from "./pad.js";

/** The input of a convolution inside its padding. */
export function insidePadding([, , height, width]: Shape4, { padding }: ConvolutionAttributes): Placement {
  const [top, left, bottom, right] = padding;
  return { height: top + height + bottom, width: left + width + right, top, left, step: [1, 1] };
}

export const conv2d: OperationKernel<"conv2d"> = async (
  run,
  [input, filter],
  { attributes, shape },
  [inputShape, filterShape],
) => {
  const [batch, filters, outputHeight, outputWidth] = shape;
  const { groups, stride, dilation } = attributes;
  const placement = insidePadding(inputShape, attributes);
  return convolve(run, await pad(run, input, inputShape, placement), placement, filter, {
    batch,
    channels: filterShape[1],
    filters: filters / groups,
    groups,
    filterSize: [filterShape[2], filterShape[3]],
    stride,
    dilation,
    outputSize: [outputHeight, outputWidth],
  });
};
