import { DatasetError } from "../errors.js";
import type { Evaluation } from "../inference/evaluation.js";
import type { EpochTotals, TrainingState } from "./checkpoint.js";
import type { EpochEvent, StepEvent } from "./events.js";
import type { CheckedFitOptions } from "./fit-options.js";
import { afterEvaluation, scheduleStart } from "./schedule.js";
import { noProgress, watch } from "./watch.js";

const NO_TOTALS: EpochTotals = { examples: 0, loss: 0, correct: 0, seconds: 0 };

/** Where a training begins: at its checkpoint's step, or at the first. */
export function startState({ model, seed, identity, resume }: CheckedFitOptions): TrainingState {
  return (
    resume?.state ?? {
      model: model.name,
      step: 0,
      epoch: 0,
      seed,
      schedule: scheduleStart,
      earlyStop: noProgress,
      epochTotals: NO_TOTALS,
      identity,
    }
  );
}

/** Where it is after a step. */
export function afterStep(state: TrainingState, event: StepEvent): TrainingState {
  const { loss, accuracy, examples, seconds, step, learningRate } = event;
  const before = state.epochTotals;
  const epochTotals: EpochTotals = {
    examples: before.examples + examples,
    loss: before.loss + loss * examples,
    correct: before.correct + Math.round(accuracy * examples),
    seconds: before.seconds + seconds,
  };
  return { ...state, step, learningRate, epochTotals };
}

/** Where it is after the last step of an epoch, and what to tell of that epoch. Throws `DatasetError` when all examples were skipped. */
export function afterEpoch(state: TrainingState): readonly [TrainingState, EpochEvent] {
  const { examples, loss, correct, seconds } = state.epochTotals;
  if (examples === 0) throw new DatasetError("None of the pictures of the training set can be read.");
  const next = { ...state, epoch: state.epoch + 1, epochTotals: NO_TOTALS };
  const means = { loss: loss / examples, accuracy: correct / examples };
  return [next, { type: "epoch", step: next.step, epoch: next.epoch, ...means, examples, seconds }];
}

/** Where it is after an evaluation, which schedules and early stopping look at. */
export function afterValidation(
  state: TrainingState,
  { schedule, earlyStop }: Pick<CheckedFitOptions, "schedule" | "earlyStop">,
  evaluation: Evaluation,
): TrainingState {
  const { loss, top1 } = evaluation;
  const { best, step, epoch } = state;
  const isBest = !best || top1 > best.top1 || (top1 === best.top1 && loss < best.loss);
  return {
    ...state,
    ...(isBest && { best: { step, epoch, loss, top1 } }),
    schedule: afterEvaluation(schedule, state.schedule, evaluation),
    ...(earlyStop && { earlyStop: watch(earlyStop, state.earlyStop, evaluation) }),
  };
}
