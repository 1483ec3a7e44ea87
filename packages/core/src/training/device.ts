import type { Batch } from "../data/dataset.js";
import { hasCode, NonFiniteLossError } from "../errors.js";
import type { Evaluation } from "../inference/evaluation.js";
import { trainedParameters } from "../model/fine-tuning.js";
import { initialParameters, parametersOf } from "../model/parameters.js";
import { type Slot, slotOf } from "../optimizer/names.js";
import { optimizerSlots, optimizerStart } from "../optimizer/optimizer.js";
import { keysOf } from "../support/options.js";
import { firstNonFinite, type Tensor, type TensorMap } from "../tensor.js";
import type { Checkpoint, TrainingState } from "./checkpoint.js";
import type { CheckedFitOptions } from "./fit-options.js";
import type { StepOutcome } from "./step-event.js";

/** What a step is fed: its examples and the dropout masks, the optimizer's scalars when it is done. */
export interface StepFeed {
  readonly labels: Int32Array;
  readonly inputs: TensorMap;
  /** Called when the inputs are needed no more. */
  release?(): void;
}

/** A training where it is computed: weights, the compiled step, and the evaluation between epochs. */
export interface TrainingDevice {
  /** Steps it does at once at most, where it has to hear of others after each. */
  readonly mostSteps: number;
  /** Which of a step's examples are fetched for it: positions from one to before another. */
  rows(examples: number): readonly [from: number, to: number];
  /** Makes what a step (0-based) is fed of them. */
  feed(batch: Batch, step: number): StepFeed;
  /** Does steps, one a feed, and tells what each came to. */
  run(feeds: readonly StepFeed[]): Promise<readonly StepOutcome[]>;
  /** The weights that are trained, as they are now. */
  weights(): Promise<TensorMap>;
  /** Evaluates the validation set, if there is one. Throws the reason of the signal when aborted, and `NonFiniteLossError` for weights whose answers are not finite. */
  validate(state: TrainingState, signal: AbortSignal | undefined): Promise<Evaluation | undefined>;
  /** Reads the training back. Throws `NonFiniteLossError` for weights that are not finite: they would spoil a checkpoint. */
  freeze(state: TrainingState): Promise<Checkpoint>;
  /** Whether anybody who takes part says so, of each question: what depends on clocks and signals is decided together. */
  agree(questions: readonly boolean[]): Promise<readonly boolean[]>;
  dispose(): Promise<void>;
}

/** One on which the step is not yet compiled: it is when somebody has been told that the training begins. */
export type PreparedDevice = TrainingDevice & { compile(): Promise<void> };

/** Weights from the checkpoint, the caller or the initializers; what the optimizer keeps from the checkpoint or zero. */
export function startValues({ model, seed, optimizer, parameters, resume }: CheckedFitOptions): TensorMap {
  const weights = resume?.parameters ?? parameters ?? initialParameters(model, seed);
  const kept: Record<string, Tensor> = { ...optimizerStart(optimizer, trainedParameters(parametersOf(model))) };
  for (const slot of keysOf(resume?.optimizerState ?? {})) {
    for (const [name, value] of Object.entries(resume?.optimizerState[slot] ?? {})) kept[slotOf(name, slot)] = value;
  }
  return { ...weights, ...kept };
}

/** A checkpoint of what `read` gives of variables by their names. Throws `NonFiniteLossError` for weights that are not finite. */
export async function frozen(
  { model, optimizer }: Pick<CheckedFitOptions, "model" | "optimizer">,
  state: TrainingState,
  read: (names: readonly string[]) => Promise<TensorMap>,
): Promise<Checkpoint> {
  const names = parametersOf(model).map(({ name }) => name);
  const trained = trainedParameters(parametersOf(model)).map(({ name }) => name);
  const parameters = await read(names);
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
    const kept = await read(trained.map((name) => slotOf(name, slot)));
    optimizerState[slot] = Object.fromEntries(trained.map((name) => [name, kept[slotOf(name, slot)]!]));
  }
  return { parameters, optimizerState, state };
}

/** An evaluation whose outputs are not finite ends the training, as a step whose loss is not finite does. */
export function asFailureAfter(step: number): (error: unknown) => never {
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
