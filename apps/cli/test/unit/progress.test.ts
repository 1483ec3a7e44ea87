import type { StepEvent, TrainingEvent } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { progressLine, progressText, progressTracker } from "../../src/commands/train/progress.js";
import { colors } from "../../src/text/colors.js";
import { width } from "../../src/text/width.js";

const start = {
  type: "start",
  model: "lenet5",
  backend: {} as never,
  step: 0,
  steps: 20,
  stepsPerEpoch: 10,
  epochs: 2,
  batchSize: 8,
} as const satisfies TrainingEvent;

const step = (number: number, more: Partial<StepEvent> = {}): StepEvent => ({
  type: "step",
  step: number,
  epoch: Math.ceil(number / 10),
  loss: 2,
  accuracy: 0.5,
  examples: 8,
  learningRate: 0.1,
  seconds: 1,
  ...more,
});

describe("the progress of a training", () => {
  it("is where it is: means over the epoch so far, and the time that the rest will take", () => {
    const track = progressTracker();
    expect(track(start)).toBeUndefined();
    track(step(1, { seconds: 9, loss: 4 }));
    const state = track(step(2));
    expect(state).toMatchObject({ epoch: 1, step: 2, loss: 3, accuracy: 0.5, imagesPerSecond: 8, evaluating: false });
    expect(state?.secondsLeft).toBeCloseTo(18);
    expect(
      track({ type: "epoch", step: 10, epoch: 1, loss: 2, accuracy: 0.5, examples: 80, seconds: 10 }),
    ).toMatchObject({
      evaluating: true,
    });
    expect(track(step(11))).toMatchObject({ epoch: 2, step: 1, loss: 2, evaluating: false });
  });

  it("fits any terminal, giving up what is least needed first", () => {
    const track = progressTracker();
    track(start);
    const state = track(step(3));
    if (!state) throw new Error("There is a state after a step.");
    expect(progressLine(state, 80, colors(false))).toMatch(
      /^epoch 1\/2 {2}━+┄+ {2}3\/10 {2}loss 2\.0000 {2}50\.0 % {2}8\.0 images\/s/,
    );
    for (let columns = 10; columns <= 120; columns++) {
      const line = progressLine(state, columns, colors(true));
      expect(width(line)).toBeLessThanOrEqual(columns);
      expect(line.startsWith("epoch 1/2")).toBe(true);
    }
    expect(progressText(state)).toBe("epoch 1/2, step 3/10: loss 2.0000, accuracy 50.0 %, 8.0 images/s, 0:17 left");
  });
});
