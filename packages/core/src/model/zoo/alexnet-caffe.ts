import { defineModel } from "../define-model.js";
import { conv2d, dense, dropout, flatten, lrn, maxPool, type ParametersOption, relu } from "../layers.js";
import type { Model } from "../model.js";
import { checkModelOptions, type ModelOptions } from "./options.js";

function parameters(bias: number, standardDeviation = 0.01): ParametersOption {
  return {
    weight: { initializer: { kind: "normal", standardDeviation } },
    bias: { initializer: { kind: "constant", value: bias }, learningRate: 2, weightDecay: 0 },
  };
}

/** Caffe divides alpha by the number of channels, the paper does not. */
const NORMALISATION = { size: 5, k: 1, alpha: 1e-4 / 5, beta: 0.75 };

/**
 * Caffe's `bvlc_alexnet` (models/bvlc_alexnet/train_val.prototxt): two groups in conv2, conv4 and conv5, normalization
 * across both, biases at twice the learning rate and without decay. 60,965,224 parameters.
 */
export function alexnetCaffe(options: ModelOptions = {}): Model {
  checkModelOptions("alexnetCaffe", options);
  const { classes = 1000, channels = 3, inputSize = 227 } = options;
  return defineModel({
    name: "alexnet-caffe",
    inputShape: [channels, inputSize, inputSize],
    layers: [
      conv2d("conv1", { filters: 96, kernel: 11, stride: 4, ...parameters(0) }),
      relu("relu1"),
      lrn("norm1", NORMALISATION),
      maxPool("pool1", { window: 3, stride: 2 }),
      conv2d("conv2", { filters: 256, kernel: 5, padding: 2, groups: 2, ...parameters(0.1) }),
      relu("relu2"),
      lrn("norm2", NORMALISATION),
      maxPool("pool2", { window: 3, stride: 2 }),
      conv2d("conv3", { filters: 384, kernel: 3, padding: 1, ...parameters(0) }),
      relu("relu3"),
      conv2d("conv4", { filters: 384, kernel: 3, padding: 1, groups: 2, ...parameters(0.1) }),
      relu("relu4"),
      conv2d("conv5", { filters: 256, kernel: 3, padding: 1, groups: 2, ...parameters(0.1) }),
      relu("relu5"),
      maxPool("pool5", { window: 3, stride: 2 }),
      flatten("flatten"),
      dense("fc6", { units: 4096, ...parameters(0.1, 0.005) }),
      relu("relu6"),
      dropout("drop6"),
      dense("fc7", { units: 4096, ...parameters(0.1, 0.005) }),
      relu("relu7"),
      dropout("drop7"),
      dense("fc8", { units: classes, ...parameters(0) }),
    ],
  });
}
