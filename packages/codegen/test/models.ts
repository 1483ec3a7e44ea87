import { alexnetTorchvision, defineModel, layers, lenet5, type Model } from "@alexnet/core";

const { adaptiveAvgPool, avgPool, conv2d, dense, dropout, flatten, lrn, maxPool, relu, sigmoid, tanh } = layers;

/** Small models that together have every kind of layer, with every setting that it can have. */
export const models: Readonly<Record<string, Model>> = {
  lenet5: lenet5(),
  towers: defineModel({
    name: "Two towers, 2!",
    inputShape: [3, 21, 19],
    layers: [
      relu("relu0"),
      conv2d("conv1", { filters: 6, kernel: [5, 4], stride: [2, 1], padding: [1, 0, 2, 3] }),
      relu("relu1"),
      lrn("norm1", { size: 3, k: 2, alpha: 0.5, beta: 0.75, groups: 2 }),
      maxPool("pool1", { window: 3, stride: 2, padding: [1, 0, 0, 1] }),
      conv2d("conv2", { filters: 10, kernel: 3, padding: 2, dilation: 2, groups: 2, bias: false }),
      tanh("tanh2"),
      avgPool("pool2", { window: 2, stride: [1, 2] }),
      adaptiveAvgPool("pool3", { outputSize: [3, 2] }),
      flatten("flatten"),
      dropout("drop3"),
      dense("fc3", { units: 37 }),
      sigmoid("sigmoid3"),
      dense("for", { units: 7, bias: false }),
    ],
  }),
  gray: defineModel({
    name: "gray",
    inputShape: [1, 16, 16],
    layers: [
      // More pixels and inputs than a block has, and none that four divides.
      conv2d("conv 1", { filters: 70, kernel: 1 }),
      conv2d("conv.2", { filters: 5, kernel: 2 }),
      lrn("norm", { size: 5, alpha: 0.01, beta: 0.6 }),
      flatten("flatten"),
      dense("1", { units: 3 }),
      tanh("tanh"),
    ],
  }),
  flat: defineModel({
    name: "flat",
    inputShape: [3, 4, 4],
    layers: [flatten("flatten"), sigmoid("sigmoid")],
  }),
};

/** One that was published, with its own initializers and multipliers, for what is text. */
export const torchvision = alexnetTorchvision({ inputSize: 128 });
