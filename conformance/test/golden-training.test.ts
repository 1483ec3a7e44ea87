import { lenet5, type Optimizer, type Tensor, type TensorMap, trainingProgram, velocityOf, zeros } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { goldenFeed, goldenParameters, readGolden } from "../src/index.js";
import { backends } from "./backends.js";

const momentum = { momentum: 0.9, weightDecay: 5e-4 };
const dropping = (step: number): number => (step < 10 ? 0.1 : 0.01);

const runs: Readonly<Record<string, { readonly optimizer: Optimizer; learningRate(step: number): number }>> = {
  plain: { optimizer: { convention: "pytorch", momentum: 0, weightDecay: 0 }, learningRate: () => 0.5 },
  "momentum.paper": { optimizer: { convention: "paper", ...momentum }, learningRate: () => 0.1 },
  "momentum.pytorch": { optimizer: { convention: "pytorch", ...momentum }, learningRate: () => 0.1 },
  "drop.paper": { optimizer: { convention: "paper", ...momentum }, learningRate: dropping },
  "drop.pytorch": { optimizer: { convention: "pytorch", ...momentum }, learningRate: dropping },
};

describe.each(backends)("$name takes the 20 steps that PyTorch takes in float64", ({ create, tolerance }) => {
  it.each(Object.keys(runs))("with %s", async (name) => {
    const { optimizer, learningRate } = runs[name] as (typeof runs)[string];
    const { tensors, metadata } = await readGolden("training");
    const [seed, steps] = [Number(metadata.seed), Number(metadata.steps)];
    const model = lenet5();
    const training = trainingProgram(model, Number(metadata.batch), optimizer);
    const start: Record<string, Tensor> = { ...goldenParameters(model, training.parameters, seed) };
    if (optimizer.momentum > 0) {
      for (const { name: weight, shape } of training.parameters) start[velocityOf(weight)] = zeros(shape);
    }
    const backend = await create();
    try {
      const variables = await backend.createVariables(start);
      const executable = await backend.compile(training.program);
      const feeds = Array.from(
        { length: steps },
        (_, step): TensorMap => ({
          ...goldenFeed(model, training, seed, step),
          learningRate: { shape: [], data: Float64Array.of(learningRate(step)) },
        }),
      );
      const losses = (await executable.run(variables, feeds)).map(({ loss }) => loss?.data[0] as number);
      const expected = tensors[`${name}.loss`]?.data as Float64Array;
      expect(
        losses
          .map((loss, step) => Math.abs(loss / (expected[step] as number) - 1))
          .filter((error) => !(error <= tolerance)),
      ).toEqual([]);

      for (const [parameter, { data }] of Object.entries(
        await variables.read(training.parameters.map((p) => p.name)),
      )) {
        const sample = tensors[`${name}.final.${parameter}.sample`]?.data as Float64Array;
        const largest = Math.max(...sample.map(Math.abs));
        const errors = sample.map((value, index) =>
          Math.abs((data[Math.floor((index * data.length) / sample.length)] as number) - value),
        );
        expect(Math.max(...errors) / largest, parameter).toBeLessThanOrEqual(tolerance);
      }
    } finally {
      await backend.dispose();
    }
  });
});
