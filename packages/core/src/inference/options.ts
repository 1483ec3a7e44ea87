import type { Backend, Variables } from "../backend/backend.js";
import type { Model } from "../model/model.js";
import { checkParameters } from "../model/parameters.js";
import type { TensorMap } from "../tensor.js";
import { type Evaluator, evaluator } from "./evaluator.js";

/** What `evaluate` and `predict` share. */
export interface InferenceOptions {
  readonly model: Model;
  readonly backend: Backend;
  /** The model's parameters by name. */
  readonly parameters: TensorMap;
  /** Images computed at once; 128 unless told otherwise. */
  readonly batchSize?: number;
  readonly signal?: AbortSignal;
}

/** Their names. */
export const INFERENCE = {
  model: true,
  backend: true,
  parameters: true,
  batchSize: true,
  signal: true,
} as const satisfies Readonly<Record<keyof InferenceOptions, true>>;

/** Works with an evaluator and the parameters on the backend, both of which are freed at the end. Throws `WeightsError`. */
export async function withEvaluator<Result>(
  { model, backend, parameters }: InferenceOptions,
  batchSize: number,
  use: (run: Evaluator, variables: Variables) => Promise<Result>,
): Promise<Result> {
  checkParameters(model, parameters);
  const variables = await backend.createVariables(parameters);
  const run = evaluator(model, backend, batchSize);
  try {
    return await use(run, variables);
  } finally {
    await run.dispose();
    await variables.dispose();
  }
}
