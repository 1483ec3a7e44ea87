import { convolve } from "./convolution.js";
import type { OperationKernel, Thread, Volume } from "./kernel.js";
import { pad } from "./pad.js";

interface Constants {
  /** Of one group. */
  readonly channels: number;
  readonly filters: number;
  readonly taps: number;
}

/** Turns each filter by half a turn and exchanges its channels for the filters of its group. */
function turned(this: Thread<Constants>, filter: Volume): number {
  const group = Math.floor((this.thread.z + 0.25) / this.constants.channels);
  const channel = this.thread.z - group * this.constants.channels;
  return filter[group * this.constants.filters + this.thread.y]![channel]![this.constants.taps - 1 - this.thread.x]!;
}

/**
 * The input's gradient is a convolution of stride 1: of the gradient, its values `stride` apart with zeros between and
 * around them, with the turned filters.
 */
export const conv2dGradInput: OperationKernel<"conv2dGradInput"> = async (
  run,
  [gradient, filter],
  operation,
  [gradientShape, filterShape],
) => {
  const [batch, allChannels, height, width] = operation.shape;
  const { groups, stride, dilation, padding } = operation.attributes;
  const [allFilters, channels, filterHeight, filterWidth] = filterShape;
  const filters = allFilters / groups;
  const taps = filterHeight * filterWidth;
  const reach = [dilation[0] * (filterHeight - 1), dilation[1] * (filterWidth - 1)] as const;
  const placement = {
    height: height + reach[0],
    width: width + reach[1],
    top: reach[0] - padding[0],
    left: reach[1] - padding[1],
    step: stride,
  };
  const spread = await pad(run, gradient, gradientShape, placement);
  const turnedFilter = await run(
    turned,
    { output: [taps, filters, allChannels], integers: { channels, filters, taps } },
    [[filter, [taps, channels, allFilters]]],
  );
  return convolve(run, spread, placement, turnedFilter, {
    batch,
    channels: filters,
    filters: channels,
    groups,
    filterSize: [filterHeight, filterWidth],
    stride: [1, 1],
    dilation,
    outputSize: [height, width],
  });
};
