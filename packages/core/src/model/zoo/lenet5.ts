import { defineModel } from "../define-model.js";
import { avgPool, conv2d, dense, flatten, sigmoid } from "../layers.js";
import type { Model } from "../model.js";
import { checkModelOptions, type ModelOptions } from "./options.js";

const XAVIER = { weight: { initializer: { kind: "xavierUniform" } } } as const;

/**
 * LeNet-5 (LeCun et al., 1998) as in "Dive into Deep Learning", section 7.6: sigmoids, average pooling, a softmax in
 * place of the Gaussian connections; Xavier weights, PyTorch's default biases. 61,706 parameters.
 */
export function lenet5(options: ModelOptions = {}): Model {
  checkModelOptions("lenet5", options);
  const { classes = 10, channels = 1, inputSize = 28 } = options;
  return defineModel({
    name: "lenet5",
    inputShape: [channels, inputSize, inputSize],
    layers: [
      conv2d("conv1", { filters: 6, kernel: 5, padding: 2, ...XAVIER }),
      sigmoid("sigmoid1"),
      avgPool("pool1", { window: 2 }),
      conv2d("conv2", { filters: 16, kernel: 5, ...XAVIER }),
      sigmoid("sigmoid2"),
      avgPool("pool2", { window: 2 }),
      flatten("flatten"),
      dense("fc3", { units: 120, ...XAVIER }),
      sigmoid("sigmoid3"),
      dense("fc4", { units: 84, ...XAVIER }),
      sigmoid("sigmoid4"),
      dense("fc5", { units: classes, ...XAVIER }),
    ],
  });
}
