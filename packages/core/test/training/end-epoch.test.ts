import { describe, expect, it } from "vitest";
import type { Checkpoint, CheckpointStore, TrainingEvent } from "../../src/index.js";
import type { TrainingState } from "../../src/training/checkpoint.js";
import type { CheckpointInterval } from "../../src/training/checkpoint-every.js";
import type { TrainingDevice } from "../../src/training/device.js";
import { type EpochEnd, endEpoch } from "../../src/training/end-epoch.js";
import type { CheckedFitOptions } from "../../src/training/fit-options.js";

const state = {
  step: 4,
  epoch: 0,
  earlyStop: { best: 0.1, stale: 2 },
  schedule: { best: null, stale: 0, reductions: 0 },
  epochTotals: { examples: 8, loss: 4, correct: 6, seconds: 2 },
} as unknown as TrainingState;

const evaluation = { examples: 1, loss: 1, top1: 0.5, top5: 1, confusion: [], seconds: 1 };

/** The events of an epoch's end, and what it came to. */
async function ended(
  options: Partial<CheckedFitOptions>,
  from: TrainingState = state,
  secondsSinceSave = 0,
): Promise<{ readonly types: readonly string[]; readonly end: EpochEnd; readonly frozen: readonly Checkpoint[] }> {
  const frozen: Checkpoint[] = [];
  const device: TrainingDevice = {
    mostSteps: 1,
    rows: (examples) => [0, examples],
    feed: () => {
      throw new Error("No step is fed at the end of an epoch.");
    },
    agree: async (questions) => questions,
    run: () => Promise.reject(new Error("No step is done at the end of an epoch.")),
    weights: async () => ({}),
    async validate(_, signal) {
      signal?.throwIfAborted();
      return options.validation ? evaluation : undefined;
    },
    async freeze(at) {
      const checkpoint = { parameters: {}, optimizerState: {}, state: at };
      frozen.push(checkpoint);
      return checkpoint;
    },
    async dispose() {},
  };
  const defaults = {
    checkpointEvery: { epochs: 1 },
    evaluateEvery: 1,
    steps: 100,
    schedule: { kind: "constant", learningRate: 1 },
  };
  const events = endEpoch(from, { ...defaults, ...options } as CheckedFitOptions, device, secondsSinceSave);
  const all: TrainingEvent[] = [];
  for (;;) {
    const { done, value } = await events.next();
    if (done) return { types: all.map(({ type }) => type), end: value, frozen };
    all.push(value);
  }
}

const checkpoints: CheckpointStore = { save: async () => "there", latest: async () => undefined };
const validation = {} as NonNullable<CheckedFitOptions["validation"]>;

describe("the end of an epoch", () => {
  it("tells its means, and nothing else where nothing is asked for", async () => {
    const { types, end, frozen } = await ended({});
    expect(types).toEqual(["epoch"]);
    expect(end).toMatchObject({ saved: false, state: { epoch: 1, epochTotals: { examples: 0 } } });
    expect(frozen).toEqual([]);
  });

  it("evaluates, then saves what the evaluation changed", async () => {
    const { types, end, frozen } = await ended({ checkpoints, validation, earlyStop: { patience: 5 } });
    expect(types).toEqual(["epoch", "evaluation", "checkpoint"]);
    expect(end).toMatchObject({ saved: true, state: { earlyStop: { best: 0.1, stale: 3 } } });
    expect(frozen.map((checkpoint) => checkpoint.state)).toEqual([end.state]);
  });

  it("saves after so many steps or seconds too", async () => {
    const at = { ...state, step: 12 };
    const saves = async (checkpointEvery: CheckpointInterval, seconds = 0) =>
      (await ended({ checkpoints, checkpointEvery }, at, seconds)).end.saved;
    expect(await saves({ steps: 6 })).toBe(true);
    expect(await saves({ steps: 5 })).toBe(false);
    expect(await saves({ seconds: 10 }, 9)).toBe(false);
    expect(await saves({ seconds: 10 }, 10)).toBe(true);
    expect(await saves({})).toBe(false);
  });

  it("leaves an evaluation that was aborted for later, and then begins with it", async () => {
    const controller = new AbortController();
    controller.abort();
    const { types, end } = await ended({ checkpoints, validation, signal: controller.signal });
    expect(types).toEqual(["epoch"]);
    expect(end).toMatchObject({ saved: false, state: { epoch: 1, evaluationDue: true } });
    const later = await ended({ checkpoints, validation }, end.state);
    expect(later.types).toEqual(["evaluation", "checkpoint"]);
    const never = await ended({ checkpoints, validation });
    expect(later.end).toEqual(never.end);
    expect(later.end.state).not.toHaveProperty("evaluationDue");
  });

  it("evaluates and saves only every so many epochs, and after the last step", async () => {
    const best = { step: 0, epoch: 0, loss: 1, top1: 0.9 };
    const every = { checkpoints, validation, checkpointEvery: { epochs: 2 }, evaluateEvery: 3 };
    const types = async (epoch: number, steps = 100) =>
      (await ended({ ...every, steps }, { ...state, epoch, best })).types.slice(1);
    expect(await types(0)).toEqual([]);
    expect(await types(1)).toEqual(["checkpoint"]);
    expect(await types(2)).toEqual(["evaluation"]);
    expect(await types(5)).toEqual(["evaluation", "checkpoint"]);
    expect(await types(0, 4)).toEqual(["evaluation", "checkpoint"]);
  });

  it("saves what is better than all before, whenever that is", async () => {
    const options = { checkpoints, validation, checkpointEvery: { epochs: 100 } };
    const saved = async (top1: number) =>
      (await ended(options, { ...state, best: { step: 2, epoch: 0, loss: 1, top1 } })).end.saved;
    expect(await saved(0.4)).toBe(true);
    expect(await saved(0.6)).toBe(false);
  });
});
