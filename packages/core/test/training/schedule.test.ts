import { describe, expect, it } from "vitest";
import { afterEvaluation, learningRateAt, noProgress, type Schedule, scheduleStart, watch } from "../../src/index.js";
import { checkSchedule } from "../../src/training/schedule.js";

const at = (schedule: Schedule, step: number, epoch: number): number =>
  learningRateAt(schedule, scheduleStart, { step, epoch, steps: 100 });

describe("the learning rate", () => {
  it("stays where it is when constant", () => {
    expect(at({ kind: "constant", learningRate: 0.3 }, 99, 9)).toBe(0.3);
  });

  it("falls by the factor after every so many epochs", () => {
    const schedule = { kind: "step", learningRate: 0.1, factor: 0.1, every: 30 } as const;
    expect([0, 29, 30, 59, 60].map((epoch) => at(schedule, 0, epoch))).toEqual([
      0.1,
      0.1,
      0.1 * 0.1,
      0.1 * 0.1,
      0.1 * 0.1 ** 2,
    ]);
  });

  it("falls to zero as a power of what is left", () => {
    const schedule = { kind: "polynomial", learningRate: 0.2, power: 2 } as const;
    expect([0, 50, 75].map((step) => at(schedule, step, 0))).toEqual([0.2, 0.05, 0.0125]);
  });

  it("falls when the error has not fallen for longer than the patience, no more often than allowed", () => {
    const schedule = { kind: "plateau", learningRate: 1, factor: 0.1, patience: 1, reductions: 2 } as const;
    const top1 = [0.5, 0.6, 0.6, 0.6, 0.7, 0.7, 0.6, 0.7, 0.7, 0.7];
    let state = scheduleStart;
    const reductions = top1.map((accuracy) => {
      state = afterEvaluation(schedule, state, { loss: 1, top1: accuracy });
      return state.reductions;
    });
    expect(reductions).toEqual([0, 0, 0, 1, 1, 1, 2, 2, 2, 2]);
    expect(learningRateAt(schedule, state, { step: 0, epoch: 0, steps: 1 })).toBeCloseTo(0.01, 15);
  });

  it("can watch the loss and ask for a minimum change", () => {
    const schedule = {
      kind: "plateau",
      learningRate: 1,
      factor: 0.5,
      patience: 0,
      monitor: "loss",
      minimumChange: 0.1,
    } as const;
    let state = scheduleStart;
    for (const loss of [1, 0.95, 0.8]) state = afterEvaluation(schedule, state, { loss, top1: 0 });
    expect(state).toEqual({ best: 0.8, stale: 0, reductions: 1 });
  });

  it.each([
    [{ kind: "constant", learningRate: 0 }, /learning rate must be a positive number, but is 0/],
    [{ kind: "constant", learningRate: Number.POSITIVE_INFINITY }, /learning rate/],
    [{ kind: "step", learningRate: 1, factor: -1, every: 1 }, /factor/],
    [{ kind: "step", learningRate: 1, factor: 0.1, every: 0 }, /number of epochs/],
    [{ kind: "polynomial", learningRate: 1, power: Number.NaN }, /power/],
    [{ kind: "plateau", learningRate: 1, factor: 0.1, patience: -1 }, /patience/],
  ] as const)("refuses %o", (schedule, message) => {
    expect(() => checkSchedule(schedule)).toThrow(message);
  });
});

describe("a figure that is not finite", () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])("is no progress: %d", (loss) => {
    const first = watch({ monitor: "loss" }, noProgress, { loss, top1: 1 });
    expect(first).toEqual({ best: null, stale: 1 });
    const good = watch({ monitor: "loss" }, first, { loss: 2, top1: 0.5 });
    expect(good).toEqual({ best: 2, stale: 0 });
    expect(watch({ monitor: "loss" }, good, { loss, top1: 1 })).toEqual({ best: 2, stale: 1 });
  });
});
