import { defineModel, layers, type Model } from "@alexnet/core";

const { avgPool, conv2d, dense, dropout, flatten, lrn, maxPool, relu, tanh } = layers;

/** What the 2012 network has, small: two towers that meet in the third convolution and the dense layers. */
export function towers(inputShape: readonly [channels: number, height: number, width: number]): Model {
  return defineModel({
    name: "towers",
    inputShape,
    layers: [
      conv2d("conv1", { filters: 8, kernel: 3, stride: 2 }),
      relu("relu1"),
      lrn("norm1", { groups: 2 }),
      maxPool("pool1", { window: 3, stride: 2 }),
      conv2d("conv2", { filters: 8, kernel: 3, padding: 1, groups: 2 }),
      tanh("tanh2"),
      conv2d("conv3", { filters: 12, kernel: 3, padding: 1 }),
      relu("relu3"),
      conv2d("conv4", { filters: 8, kernel: 3, padding: 1, groups: 2 }),
      avgPool("pool4", { window: 2, stride: 2 }),
      flatten("flatten"),
      dense("fc5", { units: 16 }),
      relu("relu5"),
      dropout("drop5"),
      dense("fc6", { units: 12 }),
      dropout("drop6"),
      dense("fc7", { units: 10 }),
    ],
  });
}
