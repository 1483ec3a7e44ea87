import { keysOf } from "../../support/options.js";
import type { OperationDefinition, OperationKind } from "../operation.js";
import { relu, reluGrad, sigmoid, sigmoidGrad, tanh, tanhGrad } from "./activations.js";
import { adamUpdate } from "./adam.js";
import { conv2d, conv2dGradFilter, conv2dGradInput } from "./conv2d.js";
import { addBias, biasGrad, matmul } from "./dense.js";
import { add, multiply, scale } from "./elementwise.js";
import { softmax, softmaxCrossEntropy, softmaxCrossEntropyGrad } from "./loss.js";
import { lrn, lrnGrad } from "./lrn.js";
import { concat, reshape, slice, sliceGrad } from "./movement.js";
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "./pooling.js";
import { sgdUpdate } from "./sgd.js";

/** The definition of every operation. The set is closed: a backend that has them all runs every program. */
export const operations: { readonly [Kind in OperationKind]: OperationDefinition<Kind> } = {
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

/** The definition of one operation. */
export function definitionOf<Kind extends OperationKind>(kind: Kind): OperationDefinition<Kind> {
  return operations[kind];
}

/** Every operation there is, in the order of the table. */
export const operationKinds = keysOf(operations);
