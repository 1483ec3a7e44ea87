import type { Executable, Variables } from "../backend/backend.js";
import { hasCode, NonFiniteLossError } from "../errors.js";
import { evenBatchSize } from "../inference/batch-size.js";
import type { Evaluation } from "../inference/evaluation.js";
import { evaluator } from "../inference/evaluator.js";
import { trainedParameters } from "../model/fine-tuning.js";
import { initialParameters, parametersOf } from "../model/parameters.js";
import type { ModelProgram } from "../model/programs.js";
import { type Slot, slotOf } from "../optimizer/names.js";
import { optimizerSlots, optimizerStart } from "../optimizer/optimizer.js";
import { keysOf } from "../support/options.js";
import { firstNonFinite, type Tensor, type TensorMap } from "../tensor.js";
import type { Checkpoint, TrainingState } from "./checkpoint.js";
import type { CheckedFitOptions } from "./fit-options.js";

/** A training on its backend: weights, the compiled step, and the evaluation between epochs. */
export interface TrainingDevice {
  /** Does steps, one a feed, and gives the outputs of each. */
  run(feeds: readonly TensorMap[]): Promise<readonly TensorMap[]>;
  /** The weights that are trained, as they are now. */
  weights(): Promise<TensorMap>;
  /** Evaluates the validation set, if there is one. Throws the reason of the signal when aborted, and `NonFiniteLossError` for weights whose answers are not finite. */
  validate(state: TrainingState, signal: AbortSignal | undefined): Promise<Evaluation | undefined>;
  /** Reads the training back. Throws `NonFiniteLossError` for weights that are not finite: they would spoil a checkpoint. */
  freeze(state: TrainingState): Promise<Checkpoint>;
  dispose(): Promise<void>;
}

/** Puts a training on its backend. The step is compiled by `compile`, once somebody is told that it begins. */
export async function trainingDevice(
  options: CheckedFitOptions,
  { program }: ModelProgram,
): Promise<TrainingDevice & { compile(): Promise<void> }> {
  const { model, backend, validation, batchSize, optimizer } = options;
  const names = parametersOf(model).map(({ name }) => name);
  const trained = trainedParameters(parametersOf(model)).map(({ name }) => name);
  const variables: Variables = await backend.createVariables(startValues(options));
  const evaluation = validation && evaluator(model, backend, evenBatchSize(validation.length, batchSize));
  let executable: Executable | undefined;
  return {
    async compile() {
      executable = await backend.compile(program);
    },
    run: (feeds) => executable!.run(variables, feeds),
    weights: () => variables.read(trained),
    validate: async ({ step }, signal) =>
      validation && evaluation?.evaluate(variables, validation, { signal }).catch(asFailureAfter(step)),
    async freeze(state) {
      const parameters = await variables.read(names);
      const strange = names.find((name) => firstNonFinite(parameters[name]!.data) >= 0);
      if (strange !== undefined) {
        throw new NonFiniteLossError(
          state.step,
          `After step ${state.step} "${strange}" is no longer finite. Lower the learning rate; the last checkpoint written ` +
            "is the last good one.",
        );
      }
      const optimizerState: Partial<Record<Slot, TensorMap>> = {};
      for (const slot of optimizerSlots(optimizer)) {
        const kept = await variables.read(trained.map((name) => slotOf(name, slot)));
        optimizerState[slot] = Object.fromEntries(trained.map((name) => [name, kept[slotOf(name, slot)]!]));
      }
      return { parameters, optimizerState, state };
    },
    async dispose() {
      await executable?.dispose();
      await evaluation?.dispose();
      await variables.dispose();
    },
  };
}

/** Weights from the checkpoint, the caller or the initializers; what the optimizer keeps from the checkpoint or zero. */
function startValues({ model, seed, optimizer, parameters, resume }: CheckedFitOptions): TensorMap {
  const weights = resume?.parameters ?? parameters ?? initialParameters(model, seed);
  const kept: Record<string, Tensor> = { ...optimizerStart(optimizer, trainedParameters(parametersOf(model))) };
  for (const slot of keysOf(resume?.optimizerState ?? {})) {
    for (const [name, value] of Object.entries(resume?.optimizerState[slot] ?? {})) kept[slotOf(name, slot)] = value;
  }
  return { ...weights, ...kept };
}

/** An evaluation whose outputs are not finite ends the training, as a step whose loss is not finite does. */
function asFailureAfter(step: number): (error: unknown) => never {
  return (cause) => {
    if (!hasCode(cause, "NON_FINITE_OUTPUT")) throw cause;
    throw new NonFiniteLossError(
      step,
      `The evaluation after step ${step} is not finite. ${cause.message} Lower the learning rate; the last checkpoint ` +
        "written is the last good one.",
      { cause },
    );
  };
}
