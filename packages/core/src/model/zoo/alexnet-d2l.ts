import { defineModel } from "../define-model.js";
import { conv2d, dense, dropout, flatten, maxPool, relu } from "../layers.js";
import type { Model } from "../model.js";
import { checkModelOptions, type ModelOptions } from "./options.js";

const XAVIER = { weight: { initializer: { kind: "xavierUniform" } } } as const;

/**
 * The AlexNet of "Dive into Deep Learning", section 8.1: one tower for 224x224 images with one channel and ten classes
 * (Fashion-MNIST), no normalization; Xavier weights, PyTorch's default biases. 46,764,746 parameters.
 */
export function alexnetD2l(options: ModelOptions = {}): Model {
  checkModelOptions("alexnetD2l", options);
  const { classes = 10, channels = 1, inputSize = 224 } = options;
  return defineModel({
    name: "alexnet-d2l",
    inputShape: [channels, inputSize, inputSize],
    layers: [
      conv2d("conv1", { filters: 96, kernel: 11, stride: 4, padding: 1, ...XAVIER }),
      relu("relu1"),
      maxPool("pool1", { window: 3, stride: 2 }),
      conv2d("conv2", { filters: 256, kernel: 5, padding: 2, ...XAVIER }),
      relu("relu2"),
      maxPool("pool2", { window: 3, stride: 2 }),
      conv2d("conv3", { filters: 384, kernel: 3, padding: 1, ...XAVIER }),
      relu("relu3"),
      conv2d("conv4", { filters: 384, kernel: 3, padding: 1, ...XAVIER }),
      relu("relu4"),
      conv2d("conv5", { filters: 256, kernel: 3, padding: 1, ...XAVIER }),
      relu("relu5"),
      maxPool("pool5", { window: 3, stride: 2 }),
      flatten("flatten"),
      dense("fc6", { units: 4096, ...XAVIER }),
      relu("relu6"),
      dropout("drop6"),
      dense("fc7", { units: 4096, ...XAVIER }),
      relu("relu7"),
      dropout("drop7"),
      dense("fc8", { units: classes, ...XAVIER }),
    ],
  });
}
