import { describe, expect, it } from "vitest";
import { alexnetD2l, lenet5, plainSgd, trainingProgram } from "../../src/index.js";
import { groupSteps, planSteps } from "../../src/training/plan.js";
import { stepsPerRunFor } from "../../src/training/steps-per-run.js";

const plan = (firstStep: number, steps: number) => [
  ...planSteps({ dataset: { name: "ten", length: 10 }, batchSize: 4, seed: 1, firstStep, steps }),
];

describe("the plan of a training", () => {
  it("visits every example once an epoch, in another order each time", () => {
    const steps = plan(0, 6);
    const epochs = [0, 1].map((epoch) =>
      steps.filter((step) => step.epoch === epoch).flatMap(({ indices }) => [...indices]),
    );
    for (const epoch of epochs) expect(epoch.toSorted((a, b) => a - b)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(epochs[0]).not.toEqual(epochs[1]);
    expect(steps.map(({ indices, endsEpoch }) => [indices.length, endsEpoch])).toEqual([
      [4, false],
      [4, false],
      [2, true],
      [4, false],
      [4, false],
      [2, true],
    ]);
  });

  it("goes on in the middle of an epoch as if it had begun at its start", () => {
    expect(plan(4, 8)).toEqual(plan(0, 8).slice(4));
  });

  it("has nothing left to do when all steps are done", () => {
    expect(plan(6, 6)).toEqual([]);
  });

  it("is handed over in groups that stop where something else is due", () => {
    const groups = [
      ...groupSteps(
        plan(0, 9),
        () => 2,
        ({ endsEpoch }) => endsEpoch,
      ),
    ];
    expect(groups.map((group) => group.map(({ step }) => step))).toEqual([[0, 1], [2], [3, 4], [5], [6, 7], [8]]);
  });

  it.each([
    [4, 32, 4],
    [4, 64, 2],
    [4, 128, 1],
    [6, 32, 3],
    [1, 1, 1],
  ])(
    "asks for %i steps at once, but less where a batch is large: of %i images, %i",
    (preferredFeeds, batch, expected) => {
      const { program } = trainingProgram(alexnetD2l(), batch, plainSgd);
      expect(stepsPerRunFor({ preferredFeeds }, program, 0)).toBe(expected);
    },
  );

  it("asks for less at once where a step takes long", () => {
    const { program } = trainingProgram(lenet5(), 8, plainSgd);
    const asked = [0.01, 0.05, 0.1, 0.2, 60].map((seconds) => stepsPerRunFor({ preferredFeeds: 8 }, program, seconds));
    expect(asked).toEqual([8, 4, 2, 1, 1]);
  });
});
