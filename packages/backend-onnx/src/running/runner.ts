import type { Tensor, TensorMap } from "@alexnet/core";
import type { OperationTime } from "@alexnet/core/backend";
import type { InferenceSession, OnnxValue } from "onnxruntime-node";
import type { OnnxRuntime } from "../engine.js";
import type { LoweringOptions } from "../lowering/context.js";
import { graphName } from "../lowering/names.js";
import type { OnnxGraph } from "../onnx/graph.js";
import type { Fed } from "../profile.js";
import { type EngineArrays, float32Of, ownArray } from "../realm.js";
import type { OnnxVariables } from "../variables.js";

/** A program as sessions of the engine. */
export interface Runner {
  run(variables: OnnxVariables, feeds: readonly TensorMap[]): Promise<readonly TensorMap[]>;
  profile(variables: OnnxVariables, feeds: readonly TensorMap[]): Promise<readonly OperationTime[]>;
  release(): Promise<void>;
}

/** Makes a session of a graph. */
export type CreateSession = (graph: OnnxGraph, settings?: InferenceSession.SessionOptions) => Promise<InferenceSession>;

/** How a backend has its programs written. */
export type Lowering = Omit<LoweringOptions, "onNaN">;

/** What a runner needs of the engine. */
export interface Tools extends Pick<OnnxRuntime, "Tensor"> {
  readonly arrays: EngineArrays;
  readonly createSession: CreateSession;
  readonly lowering: Lowering;
}

/**
 * How to hold as little memory as possible. A plan made ahead takes more than what is alive at any time: 1.4 GB of 4 in a
 * step of d2l's AlexNet at 128. Folding has nothing to fold but zeros, as large as the images that gradients are added up
 * in. And finding equal nodes would keep what is made twice because keeping it takes too much room.
 */
export const frugal: InferenceSession.SessionOptions = {
  enableMemPattern: false,
  extra: { optimization: { disable_specified_optimizers: "ConstantFolding;CommonSubexpressionElimination" } },
};

/** What a program is fed for one run, by the names that its inputs have in a graph. */
export function fedBy({ Tensor, arrays }: Pick<Tools, "Tensor" | "arrays">, feed: TensorMap): Fed {
  return Object.fromEntries(
    Object.entries(feed).map(([name, { shape, data }]) => [
      graphName(name),
      new Tensor("float32", arrays.float32(data), shape),
    ]),
  );
}

/** A value of the engine as a tensor of this realm. */
export function hostTensor(value: OnnxValue): Tensor {
  return { shape: value.dims, data: ownArray(float32Of(value)) };
}
