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
  /** Whether early stopping ends the training here. */
  readonly stops: boolean;
}

/** After the last step of an epoch: tells its means, evaluates and saves where that is due, so long after the last save. */
export async function* endEpoch(
  before: TrainingState,
  options: CheckedFitOptions,
  device: TrainingDevice,
  secondsSinceSave: number,
): AsyncGenerator<TrainingEvent, EpochEnd> {
  const { checkpoints, checkpointEvery, evaluateEvery, earlyStop, steps } = options;
  let [state, event] = afterEpoch(before);
  yield event;
  const at = { step: state.step, epoch: state.epoch };
  const isDue = (every: number): boolean => state.epoch % every === 0 || state.step === steps;
  const evaluation = isDue(evaluateEvery) ? await device.validate(state) : undefined;
  if (evaluation) {
    state = afterValidation(state, options, evaluation);
    yield { type: "evaluation", ...at, evaluation };
  }
  // What was never better is saved, whenever that is.
  const isBest = evaluation !== undefined && state.best?.step === state.step;
  const isSaveDue =
    isBest || isDueAtEnd(checkpointEvery, state.epoch, state.step, secondsSinceSave) || state.step === steps;
  const saved = checkpoints !== undefined && isSaveDue;
  if (saved) yield { type: "checkpoint", ...at, location: await checkpoints.save(await device.freeze(state)) };
  return { state, saved, stops: earlyStop !== undefined && state.earlyStop.stale > earlyStop.patience };
}
