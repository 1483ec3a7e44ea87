import { NonFiniteLossError } from "../errors.js";
import { bestClass, firstNonFiniteScore, row } from "../inference/scores.js";
import type { TensorMap } from "../tensor.js";
import type { StepEvent } from "./events.js";

/**
 * What to tell of a step (0-based), from the outputs of its program and the labels of its batch. Throws `NonFiniteLossError`
 * when the loss, or an answer, is NaN or infinite.
 */
export function stepEvent(
  { loss, logits }: TensorMap,
  labels: Int32Array,
  at: { readonly step: number; readonly epoch: number; readonly learningRate: number; readonly seconds: number },
): StepEvent {
  const value = loss?.data[0] ?? Number.NaN;
  const step = at.step + 1;
  const answers = logits!;
  const strange = firstNonFiniteScore(answers, labels.length);
  if (!Number.isFinite(value) || strange >= 0) {
    const found = Number.isFinite(value)
      ? `An answer in step ${step} is ${answers.data[strange]}`
      : `The loss of step ${step} is ${value}`;
    throw new NonFiniteLossError(
      step,
      `${found}. Lower the learning rate (it was ${at.learningRate}) or check the data; ` +
        "the last checkpoint written is the last good one.",
    );
  }
  const correct = labels.reduce((sum, label, example) => sum + Number(bestClass(row(answers, example)) === label), 0);
  return {
    type: "step",
    ...at,
    step,
    epoch: at.epoch + 1,
    loss: value,
    accuracy: labels.length === 0 ? 0 : correct / labels.length,
    examples: labels.length,
  };
}
