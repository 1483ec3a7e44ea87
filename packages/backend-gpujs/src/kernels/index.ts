import type { OperationKind } from "@alexnet/core/program";
import { relu, reluGrad, sigmoid, sigmoidGrad, tanh, tanhGrad } from "./activations.js";
import { adamUpdate } from "./adam-update.js";
import { avgPool, avgPoolGrad } from "./avg-pool.js";
import { addBias, biasGrad } from "./bias.js";
import { conv2d } from "./conv2d.js";
import { conv2dGradFilter } from "./conv2d-grad-filter.js";
import { conv2dGradInput } from "./conv2d-grad-input.js";
import { add, multiply, scale } from "./elementwise.js";
import type { OperationKernel } from "./kernel.js";
import { lrn, lrnGrad } from "./lrn.js";
import { matmul } from "./matmul.js";
import { maxPool, maxPoolGrad } from "./max-pool.js";
import { concat, reshape, slice, sliceGrad } from "./movement.js";
import { sgdUpdate } from "./sgd-update.js";
import { softmax, softmaxCrossEntropy, softmaxCrossEntropyGrad } from "./softmax.js";

/** Every operation, as kernels of gpu.js. */
export const operationKernels: { readonly [Kind in OperationKind]: OperationKernel<Kind> } = {
  conv2d,
  conv2dGradInput,
  conv2dGradFilter,
  maxPool,
  maxPoolGrad,
  avgPool,
  avgPoolGrad,
  lrn,
  lrnGrad,
  relu,
  reluGrad,
  sigmoid,
  sigmoidGrad,
  tanh,
  tanhGrad,
  matmul,
  addBias,
  biasGrad,
  multiply,
  add,
  scale,
  reshape,
  concat,
  slice,
  sliceGrad,
  softmax,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
  sgdUpdate,
  adamUpdate,
};
