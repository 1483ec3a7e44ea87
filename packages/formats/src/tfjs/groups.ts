import { sizeOf, type Tensor } from "@alexnet/core";
import type { Budget } from "../binary/budget.js";

/**
 * Filters `[H, W, C / groups, O]` as ones that see all channels, `[H, W, C, O]`: zero for the channels of other groups. Programs
 * without groups then compute the same.
 */
export function withoutGroups({ shape, data }: Tensor, groups: number): Tensor {
  const [height = 1, width = 1, channels = 1, filters = 1] = shape;
  const wide = { shape: [height, width, channels * groups, filters], data: new Float32Array(sizeOf(shape) * groups) };
  eachRun([height * width, channels, filters], groups, (narrow, at, length) => {
    wide.data.set(data.subarray(narrow, narrow + length), at);
  });
  return wide;
}

/** The other way round: the filters of groups from ones that see all channels. Others are as they are. */
export function diagonalBlocks(tensor: Tensor, groups: number, budget: Budget): Tensor {
  const { shape, data } = tensor;
  const [height = 1, width = 1, channels = 1, filters = 1] = shape;
  if (channels % groups !== 0 || filters % groups !== 0) return tensor;
  const narrow = { shape: [height, width, channels / groups, filters], data: new Float32Array(data.length / groups) };
  budget.spend(narrow.data.byteLength, "The filters of groups");
  eachRun([height * width, channels / groups, filters], groups, (at, wide, length) => {
    narrow.data.set(data.subarray(wide, wide + length), at);
  });
  return narrow;
}

/** The runs of filters of one group that stand together, with where they start in filters of groups and in those without. */
function eachRun(
  [pixels, channels, filters]: readonly [pixels: number, channels: number, filters: number],
  groups: number,
  visit: (narrow: number, wide: number, length: number) => void,
): void {
  const length = filters / groups;
  for (let pixel = 0; pixel < pixels; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      for (let group = 0; group < groups; group++) {
        const wide = ((pixel * groups + group) * channels + channel) * filters + group * length;
        visit((pixel * channels + channel) * filters + group * length, wide, length);
      }
    }
  }
}
