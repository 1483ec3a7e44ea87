import { describe, expect, it } from "vitest";
import { type Evaluation, lenet5, plainSgd } from "../../src/index.js";
import type { StepEvent } from "../../src/training/events.js";
import type { CheckedFitOptions } from "../../src/training/fit-options.js";
import { scheduleStart } from "../../src/training/schedule.js";
import { afterEpoch, afterStep, afterValidation, startState } from "../../src/training/state.js";
import { noProgress } from "../../src/training/watch.js";

const identity = {
  dataset: "noise",
  examples: 3,
  batchSize: 2,
  optimizer: plainSgd,
  schedule: { kind: "constant", learningRate: 0.1 },
} as const;
const options = { model: lenet5(), seed: 7, identity } as unknown as CheckedFitOptions;
const start = startState(options);

const step = (number: number, more: Partial<StepEvent>): StepEvent => ({
  type: "step",
  step: number,
  epoch: 1,
  loss: 1,
  accuracy: 1,
  examples: 2,
  learningRate: 0.1,
  seconds: 0.5,
  ...more,
});

const evaluation = (top1: number): Evaluation => ({ examples: 4, loss: 1, top1, top5: 1, confusion: [], seconds: 1 });

describe("where a training is", () => {
  it("remembers the best evaluation: the fewest errors, and of equals the lower loss", () => {
    const at = (step: number) => ({ ...start, step, epoch: step / 10 });
    const found = (loss: number, top1: number): Evaluation => ({ ...evaluation(top1), loss });
    const first = afterValidation(at(10), { schedule: identity.schedule }, found(1, 0.5));
    expect(first.best).toEqual({ step: 10, epoch: 1, loss: 1, top1: 0.5 });
    const { best } = first;
    const then = (loss: number, top1: number) =>
      afterValidation({ ...at(20), ...(best && { best }) }, { schedule: identity.schedule }, found(loss, top1)).best
        ?.step;
    expect([then(1, 0.4), then(1, 0.5), then(0.9, 0.5), then(2, 0.6)]).toEqual([10, 10, 20, 20]);
  });

  it("begins at the first step, or at its checkpoint's", () => {
    expect(start).toEqual({
      model: "lenet5",
      step: 0,
      epoch: 0,
      seed: 7,
      schedule: scheduleStart,
      earlyStop: noProgress,
      epochTotals: { examples: 0, loss: 0, correct: 0, seconds: 0 },
      identity,
    });
    const state = { ...start, step: 9 };
    expect(startState({ ...options, resume: { parameters: {}, optimizerState: {}, state } })).toBe(state);
  });

  it("adds steps up, a smaller last batch by its size, and tells the means at the end of the epoch", () => {
    const first = afterStep(start, step(1, { loss: 2, accuracy: 0.5 }));
    const second = afterStep(first, step(2, { loss: 5, accuracy: 1, examples: 1, learningRate: 0.2 }));
    expect(second).toMatchObject({ step: 2, epoch: 0, learningRate: 0.2 });
    expect(second.epochTotals).toEqual({ examples: 3, loss: 9, correct: 2, seconds: 1 });
    const [state, event] = afterEpoch(second);
    expect(event).toEqual({ type: "epoch", step: 2, epoch: 1, loss: 3, accuracy: 2 / 3, examples: 3, seconds: 1 });
    expect(state).toEqual({ ...second, epoch: 1, epochTotals: start.epochTotals });
  });

  it("remembers what schedules and early stopping look at", () => {
    const schedule = { kind: "plateau", learningRate: 1, factor: 0.1, patience: 0 } as const;
    const earlyStop = { patience: 3 };
    const once = afterValidation(start, { schedule, earlyStop }, evaluation(0.5));
    const twice = afterValidation(once, { schedule, earlyStop }, evaluation(0.25));
    expect(twice).toEqual({
      ...start,
      best: { step: 0, epoch: 0, loss: 1, top1: 0.5 },
      schedule: { best: 0.5, stale: 0, reductions: 1 },
      earlyStop: { best: 0.5, stale: 1 },
    });
    const { best: _, ...others } = afterValidation(start, { schedule: identity.schedule }, evaluation(0.5));
    expect(others).toEqual(start);
  });
});
