import { defineModel } from "../define-model.js";
import { adaptiveAvgPool, conv2d, dense, dropout, flatten, maxPool, relu } from "../layers.js";
import type { Model } from "../model.js";
import { checkModelOptions, type ModelOptions } from "./options.js";

/**
 * torchvision's AlexNet (torchvision/models/alexnet.py), after "One weird trick for parallelizing convolutional neural
 * networks", Krizhevsky (2014): one tower of 64-192-384-256-256 filters, no normalization, adaptive average pooling to
 * 6x6, dropout before the dense layers, PyTorch's default initialization. 61,100,840 parameters.
 */
export function alexnetTorchvision(options: ModelOptions = {}): Model {
  checkModelOptions("alexnetTorchvision", options);
  const { classes = 1000, channels = 3, inputSize = 224 } = options;
  return defineModel({
    name: "alexnet-torchvision",
    inputShape: [channels, inputSize, inputSize],
    layers: [
      conv2d("conv1", { filters: 64, kernel: 11, stride: 4, padding: 2 }),
      relu("relu1"),
      maxPool("pool1", { window: 3, stride: 2 }),
      conv2d("conv2", { filters: 192, kernel: 5, padding: 2 }),
      relu("relu2"),
      maxPool("pool2", { window: 3, stride: 2 }),
      conv2d("conv3", { filters: 384, kernel: 3, padding: 1 }),
      relu("relu3"),
      conv2d("conv4", { filters: 256, kernel: 3, padding: 1 }),
      relu("relu4"),
      conv2d("conv5", { filters: 256, kernel: 3, padding: 1 }),
      relu("relu5"),
      maxPool("pool5", { window: 3, stride: 2 }),
      adaptiveAvgPool("avgpool", { outputSize: 6 }),
      flatten("flatten"),
      dropout("drop6"),
      dense("fc6", { units: 4096 }),
      relu("relu6"),
      dropout("drop7"),
      dense("fc7", { units: 4096 }),
      relu("relu7"),
      dense("fc8", { units: classes }),
    ],
  });
}
