import { describe, expect, it } from "vitest";
import type { Schedule } from "../../src/index.js";
import {
  afterEvaluation,
  changesByItself,
  checkSchedule,
  learningRateAt,
  scheduleStart,
} from "../../src/training/schedule.js";
import { noProgress, watch } from "../../src/training/watch.js";
import { goldenJson } from "../golden.js";

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

  const warmup = { steps: 5 };
  const witnessed: Readonly<Record<string, Schedule>> = {
    cosine: { kind: "cosine", learningRate: 0.2 },
    "cosine.minimum": { kind: "cosine", learningRate: 0.2, minimum: 0.01 },
    "cosine.warmup": { kind: "cosine", learningRate: 0.2, warmup },
    polynomial: { kind: "polynomial", learningRate: 0.2, power: 2 },
    "polynomial.warmup": { kind: "polynomial", learningRate: 0.2, power: 2, warmup },
    "constant.warmup": { kind: "constant", learningRate: 0.2, warmup },
    step: { kind: "step", learningRate: 0.2, factor: 0.1, every: 7 },
  };
  const golden = goldenJson<Readonly<Record<string, readonly number[]>>>("schedules");

  it("has a witness for each of these", () => {
    expect(Object.keys(golden).sort()).toEqual(Object.keys(witnessed).sort());
  });

  it.each(Object.entries(witnessed))("is PyTorch's at every step: %s", (name, schedule) => {
    const rates = golden[name] ?? [];
    for (const [step, expected] of rates.entries()) {
      const rate = learningRateAt(schedule, scheduleStart, { step, epoch: step, steps: rates.length });
      // PyTorch goes from one step to the next, and gathers a rounding error in each; near 0 only the absolute one counts.
      expect(Math.abs(rate - expected)).toBeLessThan(1e-13 * expected + 1e-15);
    }
  });

  it("rises from where it is told, and is then the schedule's, which has as many steps fewer", () => {
    const schedule = { kind: "polynomial", learningRate: 1, power: 1, warmup: { steps: 4, from: 0.5 } } as const;
    expect([0, 1, 2, 3, 4, 52, 100].map((step) => at(schedule, step, 0))).toEqual([0.5, 0.625, 0.75, 0.875, 1, 0.5, 0]);
  });

  it("changes by itself where that is nothing to tell of", () => {
    const step = { kind: "step", learningRate: 1, factor: 0.1, every: 1 } as const;
    expect([changesByItself(step, 3), changesByItself({ ...step, warmup: { steps: 3 } }, 3)]).toEqual([false, true]);
    expect(changesByItself({ ...step, warmup: { steps: 3 } }, 4)).toBe(false);
    expect(changesByItself({ kind: "cosine", learningRate: 1 }, 9)).toBe(true);
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
    [{ kind: "constant", learningRate: 0 }, /learning rate must be a positive number; got 0/],
    [{ kind: "constant", learningRate: Number.POSITIVE_INFINITY }, /learning rate/],
    [{ kind: "step", learningRate: 1, factor: -1, every: 1 }, /factor/],
    [{ kind: "step", learningRate: 1, factor: 0.1, every: 0 }, /number of epochs/],
    [{ kind: "polynomial", learningRate: 1, power: Number.NaN }, /power/],
    [{ kind: "cosine", learningRate: 1, minimum: 2 }, /minimum must be a number from 0 to its learning rate; got 2/],
    [{ kind: "cosine", learningRate: 1, minimum: -1 }, /minimum/],
    [
      { kind: "constant", learningRate: 1, warmup: { steps: 0 } },
      /warmup: steps must be a whole number of at least 1; got 0/,
    ],
    [
      { kind: "constant", learningRate: 1, warmup: { steps: 1, from: 2 } },
      /warmup: from must be a number from 0 to 1; got 2/,
    ],
    [
      { kind: "constant", learningRate: 1, warmup: { steps: 1, epochs: 1 } as { steps: number } },
      /warmup has no option "epochs"/,
    ],
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
