import { adam, adamW, d2lAlexNetRecipe, paperRecipe, torchvisionRecipe } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { describeOptimizer } from "../../src/choices/optimizer.js";
import { describeSchedule, fittingBatch, withFlags } from "../../src/commands/train/recipe.js";
import { UsageError } from "../../src/program/errors.js";

describe("flags over a recipe", () => {
  it("leave what was not given as it was published", () => {
    for (const recipe of [paperRecipe, torchvisionRecipe, d2lAlexNetRecipe])
      expect(withFlags(recipe, {})).toEqual(recipe);
  });

  it("change what they name, and nothing else", () => {
    const flags = { epochs: 3, batchSize: 16, momentum: 0.5, optimizer: "pytorch", lr: 0.2 } as const;
    expect(withFlags(paperRecipe, flags)).toEqual({
      epochs: 3,
      batchSize: 16,
      optimizer: { convention: "pytorch", momentum: 0.5, weightDecay: 0.0005 },
      schedule: { ...paperRecipe.schedule, learningRate: 0.2 },
    });
  });

  it("choose another schedule, which keeps the learning rate", () => {
    expect(withFlags(paperRecipe, { schedule: "step", lrEvery: 7 }).schedule).toEqual({
      kind: "step",
      learningRate: 0.01,
      factor: 0.1,
      every: 7,
    });
    expect(withFlags(d2lAlexNetRecipe, { schedule: "plateau", monitor: "loss" }).schedule).toMatchObject({
      kind: "plateau",
      monitor: "loss",
    });
  });

  it("choose Adam, with the learning rate that it is used with", () => {
    expect(withFlags(paperRecipe, { optimizer: "adam" })).toMatchObject({
      optimizer: adam,
      schedule: { ...paperRecipe.schedule, learningRate: 0.001 },
    });
    const flags = { optimizer: "adamw", weightDecay: 0.1, lr: 0.5 } as const;
    expect(withFlags(d2lAlexNetRecipe, flags)).toMatchObject({
      optimizer: { ...adamW, weightDecay: 0.1 },
      schedule: { kind: "constant", learningRate: 0.5 },
    });
    const byAdam = { ...d2lAlexNetRecipe, optimizer: { ...adam, beta1: 0.5 } };
    expect(withFlags(byAdam, {})).toEqual(byAdam);
    expect(withFlags(byAdam, { optimizer: "pytorch", momentum: 0.9 }).optimizer).toEqual({
      convention: "pytorch",
      momentum: 0.9,
      weightDecay: 0,
    });
  });

  it.each([
    [{ optimizer: "adam", momentum: 0.9 }, "--momentum belongs to --optimizer paper and pytorch"],
    [{ lrPower: 2 }, "--lr-power belongs to --schedule polynomial, but the schedule is constant."],
    [{ schedule: "polynomial", lrFactor: 0.5 }, "--lr-factor belongs to --schedule step and plateau"],
    [{ monitor: "loss" }, "--monitor belongs to --schedule plateau and --early-stop"],
  ] as const)("%j do not go together", (flags, message) => {
    expect(() => withFlags(d2lAlexNetRecipe, flags)).toThrow(UsageError);
    expect(() => withFlags(d2lAlexNetRecipe, flags)).toThrow(message);
  });
});

describe("a recipe in words", () => {
  it("names what there is of it", () => {
    expect(
      [paperRecipe, torchvisionRecipe, d2lAlexNetRecipe].map(({ optimizer }) => describeOptimizer(optimizer)),
    ).toEqual([
      "SGD, momentum 0.9, weight decay 0.0005",
      "SGD, momentum 0.9 (PyTorch's convention), weight decay 0.0001",
      "SGD",
    ]);
    expect([adam, adamW].map(describeOptimizer)).toEqual(["Adam", "AdamW, weight decay 0.01"]);
    expect(
      [paperRecipe, torchvisionRecipe, d2lAlexNetRecipe].map(({ schedule }) => describeSchedule(schedule)),
    ).toEqual([
      "learning rate 0.01, times 0.1 when the test error stalls for more than 5 epochs, at most 3 times",
      "learning rate 0.01, times 0.1 every 30 epochs",
      "learning rate 0.01",
    ]);
    expect(describeSchedule({ kind: "polynomial", learningRate: 1, power: 2 })).toBe(
      "learning rate 1, falling to 0 with power 2",
    );
  });
});

it("a batch for few images is a power of two that still makes four steps", () => {
  expect([1, 3, 4, 8, 9, 100, 750].map(fittingBatch)).toEqual([1, 1, 1, 2, 2, 16, 128]);
});
