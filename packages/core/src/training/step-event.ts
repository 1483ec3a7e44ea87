import { NonFiniteLossError } from "../errors.js";
import { bestClass, firstNonFiniteScore, row } from "../inference/scores.js";
import type { Tensor } from "../tensor.js";
import type { StepEvent } from "./events.js";

/** How answers compare with labels. */
export interface Answered {
  readonly examples: number;
  readonly correct: number;
  /** An answer that is NaN or infinite. */
  readonly strange?: number;
}

/** What a step came to. */
export interface StepOutcome extends Answered {
  /** Mean over the batch, before the update. */
  readonly loss: number;
  /** Seconds in which the ranks of a job exchanged what they had come to. */
  readonly exchangeSeconds?: number;
}

/** Compares answers `[N, classes]` with the labels of their rows. A label below 0 is none. */
export function countAnswers(answers: Tensor, labels: Int32Array): Answered {
  let [examples, correct] = [0, 0];
  for (const [example, label] of labels.entries()) {
    if (label < 0) continue;
    examples++;
    if (bestClass(row(answers, example)) === label) correct++;
  }
  const strange = firstNonFiniteScore(answers, labels.findLastIndex((label) => label >= 0) + 1);
  return { examples, correct, ...(strange >= 0 && { strange: answers.data[strange]! }) };
}

/** What to tell of a step (0-based). Throws `NonFiniteLossError` when the loss, or an answer, is NaN or infinite. */
export function stepEvent(
  { loss, examples, correct, strange, exchangeSeconds }: StepOutcome,
  at: { readonly step: number; readonly epoch: number; readonly learningRate: number; readonly seconds: number },
): StepEvent {
  const step = at.step + 1;
  if (!Number.isFinite(loss) || strange !== undefined) {
    const found = Number.isFinite(loss)
      ? `An answer in step ${step} is ${strange}`
      : `The loss of step ${step} is ${loss}`;
    throw new NonFiniteLossError(
      step,
      `${found}. Lower the learning rate (it was ${at.learningRate}) or check the data; ` +
        "the last checkpoint written is the last good one.",
    );
  }
  return {
    type: "step",
    ...at,
    step,
    epoch: at.epoch + 1,
    loss,
    accuracy: examples === 0 ? 0 : correct / examples,
    examples,
    ...(exchangeSeconds !== undefined && { exchangeSeconds }),
  };
}
