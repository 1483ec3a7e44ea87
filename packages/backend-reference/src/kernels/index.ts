import type { Kernel } from "@alexnet/core/backend";
import type { OperationKind } from "@alexnet/core/program";
import { relu, reluGrad, sigmoid, sigmoidGrad, tanh, tanhGrad } from "./activations.js";
import { adamUpdate } from "./adam.js";
import { conv2d, conv2dGradFilter, conv2dGradInput } from "./convolution.js";
import { addBias, biasGrad, matmul } from "./dense.js";
import { add, multiply, scale } from "./elementwise.js";
import { softmax, softmaxCrossEntropy, softmaxCrossEntropyGrad } from "./loss.js";
import { lrn, lrnGrad } from "./lrn.js";
import { concat, reshape, slice, sliceGrad } from "./movement.js";
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "./pooling.js";
import { sgdUpdate } from "./sgd.js";

/** Every operation. */
export const kernels: { readonly [Kind in OperationKind]: Kernel<Float64Array, Kind> } = {
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
