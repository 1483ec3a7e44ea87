import type { Evaluation } from "../inference/evaluation.js";
import type { TrainingState } from "./checkpoint.js";
import { isDueAtEnd } from "./checkpoint-every.js";
import type { TrainingDevice } from "./device.js";
import type { TrainingEvent } from "./events.js";
import type { CheckedFitOptions } from "./fit-options.js";
import { afterEpoch, afterValidation } from "./state.js";

/** What an epoch's end came to. */
export interface EpochEnd {
  readonly state: TrainingState;
  /** Whether the state is in the newest checkpoint. */
  readonly saved: boolean;
}

/**
 * After the last step of an epoch: tells its means, evaluates and saves where that is due, so long after the last save. An evaluation that
 * is aborted stays due, and a training that goes on begins with it.
 */
export async function* endEpoch(
  before: TrainingState,
  options: CheckedFitOptions,
  device: TrainingDevice,
  secondsSinceSave: number,
): AsyncGenerator<TrainingEvent, EpochEnd> {
  const { checkpoints, checkpointEvery, evaluateEvery, steps, signal } = options;
  let state = before;
  if (!before.evaluationDue) {
    const [next, event] = afterEpoch(before);
    yield event;
    state = next;
  }
  const at = { step: state.step, epoch: state.epoch };
  let evaluation: Evaluation | undefined;
  if (state.epoch % evaluateEvery === 0 || state.step === steps) {
    try {
      evaluation = await device.validate(state, signal);
    } catch (error) {
      if (!signal?.aborted || error !== signal.reason) throw error;
      return { state: { ...state, evaluationDue: true }, saved: false };
    }
  }
  const { evaluationDue: _, ...done } = state;
  state = evaluation ? afterValidation(done, options, evaluation) : done;
  if (evaluation) yield { type: "evaluation", ...at, evaluation };
  // What was never better is saved, whenever that is.
  const isBest = evaluation !== undefined && state.best?.step === state.step;
  const isSaveDue =
    isBest || isDueAtEnd(checkpointEvery, state.epoch, state.step, secondsSinceSave) || state.step === steps;
  const [saved = false] = await device.agree([checkpoints !== undefined && isSaveDue]);
  if (saved) {
    const checkpoint = await device.freeze(state);
    if (checkpoints) yield { type: "checkpoint", ...at, location: await checkpoints.save(checkpoint) };
  }
  return { state, saved };
}
