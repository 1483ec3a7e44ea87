import { InvalidArgumentError } from "../../errors.js";
import { describeValue } from "../../support/options.js";
import { defineModel } from "../define-model.js";
import { conv2d, dense, dropout, flatten, lrn, maxPool, type ParametersOption, relu } from "../layers.js";
import type { Model } from "../model.js";
import { checkModelOptions, type ModelOptions } from "./options.js";

/** Section 5 of the paper: weights N(0, 0.01), biases 0 or 1. */
function parameters(bias: 0 | 1): ParametersOption {
  return {
    weight: { initializer: { kind: "normal", standardDeviation: 0.01 } },
    bias: { initializer: { kind: "constant", value: bias } },
  };
}

/** How the 2012 AlexNet is cut into towers. */
export interface TowerOptions {
  /** How many towers; 2, as in the paper, unless told otherwise. */
  readonly towers?: 1 | 2;
}

/**
 * AlexNet as in "ImageNet classification with deep convolutional neural networks", Krizhevsky, Sutskever and Hinton
 * (2012), section 3.5: two towers, the halves of conv1–5 that sat on two GPUs. conv2, conv4 and conv5 see their own
 * tower only and normalization stays within it; conv3 and the dense layers see both. 60,965,224 parameters.
 *
 * `towers: 1` is the form of the textbooks, `alexnet2012OneTower`.
 *
 * The paper says 224, but its own arithmetic (55 = (227 − 11) / 4 + 1) takes 227.
 */
export function alexnet2012(options: ModelOptions & TowerOptions = {}): Model {
  const { towers = 2, ...common } = options;
  checkModelOptions("alexnet2012", common, ["towers"]);
  if (towers !== 1 && towers !== 2) {
    throw new InvalidArgumentError(`alexnet2012: towers is 1 or 2; got ${describeValue(towers)}.`);
  }
  const { classes = 1000, channels = 3, inputSize = 227 } = common;
  return defineModel({
    name: towers === 2 ? "alexnet-2012" : "alexnet-2012-1-tower",
    inputShape: [channels, inputSize, inputSize],
    layers: [
      conv2d("conv1", { filters: 96, kernel: 11, stride: 4, ...parameters(0) }),
      relu("relu1"),
      lrn("norm1", { groups: towers }),
      maxPool("pool1", { window: 3, stride: 2 }),
      conv2d("conv2", { filters: 256, kernel: 5, padding: 2, groups: towers, ...parameters(1) }),
      relu("relu2"),
      lrn("norm2", { groups: towers }),
      maxPool("pool2", { window: 3, stride: 2 }),
      conv2d("conv3", { filters: 384, kernel: 3, padding: 1, ...parameters(0) }),
      relu("relu3"),
      conv2d("conv4", { filters: 384, kernel: 3, padding: 1, groups: towers, ...parameters(1) }),
      relu("relu4"),
      conv2d("conv5", { filters: 256, kernel: 3, padding: 1, groups: towers, ...parameters(1) }),
      relu("relu5"),
      maxPool("pool5", { window: 3, stride: 2 }),
      flatten("flatten"),
      dense("fc6", { units: 4096, ...parameters(1) }),
      relu("relu6"),
      dropout("drop6"),
      dense("fc7", { units: 4096, ...parameters(1) }),
      relu("relu7"),
      dropout("drop7"),
      dense("fc8", { units: classes, ...parameters(0) }),
    ],
  });
}

/** The single-tower form of the same that textbooks have: 96-256-384-384-256 filters, 62,378,344 parameters. */
export function alexnet2012OneTower(options: ModelOptions = {}): Model {
  checkModelOptions("alexnet2012OneTower", options);
  return alexnet2012({ ...options, towers: 1 });
}
