import type { Tensor } from "@alexnet/core";
import { differentiate, programBuilder } from "@alexnet/core/program";
import { describe, expect, it } from "vitest";
import { apply, random, runProgram, tensor64 } from "./helpers.js";

describe("softmax", () => {
  it("shares 1 among the classes of each example", async () => {
    const logits = tensor64([2, 3], [0, Math.log(2), Math.log(5), 7, 7, 7]);
    const probabilities = await apply("softmax", [logits], {});
    [1 / 8, 2 / 8, 5 / 8, 1 / 3, 1 / 3, 1 / 3].forEach((expected, index) => {
      expect(probabilities.data[index]).toBeCloseTo(expected, 15);
    });
  });

  it("neither overflows nor underflows", async () => {
    const probabilities = await apply("softmax", [tensor64([2, 2], [1e4, 0, -1e4, -1e4])], {});
    expect(probabilities.data).toEqual(Float64Array.of(1, 0, 0.5, 0.5));
  });

  it("passes NaN on, in its own example only", async () => {
    const probabilities = await apply("softmax", [tensor64([2, 2], [Number.NaN, 0, 0, 0])], {});
    expect(probabilities.data).toEqual(Float64Array.of(Number.NaN, Number.NaN, 0.5, 0.5));
  });
});

describe("softmaxCrossEntropy", () => {
  it("is the mean over the examples of −log of the right class's probability", async () => {
    const logits = tensor64([2, 2], [0, Math.log(3), 0, 0]);
    const labels = tensor64([2, 2], [1, 0, 0, 1]);
    const loss = await apply("softmaxCrossEntropy", [logits, labels], {});
    expect(loss.shape).toEqual([]);
    expect(loss.data[0]).toBeCloseTo((Math.log(4) + Math.log(2)) / 2, 15);
  });

  it("stays finite however wrong the logits are", async () => {
    const loss = await apply("softmaxCrossEntropy", [tensor64([1, 2], [1e4, 0]), tensor64([1, 2], [0, 1])], {});
    expect(loss.data[0]).toBe(1e4);
  });

  it("has the gradient (softmax · Σ label − label) / N", async () => {
    const logits = tensor64([2, 2], [0, Math.log(3), 5, 5]);
    const labels = tensor64([2, 2], [1, 0, 2, 4]);
    const gradient = await apply("softmaxCrossEntropyGrad", [logits, labels], {});
    [(0.25 - 1) / 2, 0.75 / 2, (3 - 2) / 2, (3 - 4) / 2].forEach((expected, index) => {
      expect(gradient.data[index]).toBeCloseTo(expected, 15);
    });
  });

  it.each([
    ["one-hot labels", tensor64([3, 4], [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1])],
    ["smoothed labels", tensor64([3, 4], [0.1, 0.7, 0.1, 0.1, 0.25, 0.25, 0.25, 0.25, 0, 0.5, 0.5, 0])],
    ["labels that do not add up to 1", random("labels", [3, 4])],
  ])("has the gradient of finite differences with %s", async (_, labels) => {
    const builder = programBuilder("loss");
    builder.input("logits", [3, 4]);
    builder.input("labels", [3, 4]);
    const loss = builder.apply("softmaxCrossEntropy", ["logits", "labels"], {}, "loss");
    builder.output(loss);
    const { program, gradients } = differentiate(builder.build(), loss, ["logits"]);
    const outputs = { ...program.outputs, gradient: gradients.get("logits") as string };

    const logits = random("logits", [3, 4]);
    const gradient = (await runProgram({ ...program, outputs }, { logits, labels })).gradient as Tensor;
    const lossAt = async (index: number, shift: number): Promise<number> => {
      const shifted = tensor64([3, 4], logits.data);
      shifted.data[index]! += shift;
      return (await runProgram(builder.build(), { logits: shifted, labels })).loss?.data[0] as number;
    };
    for (let index = 0; index < 12; index++) {
      const slope = ((await lossAt(index, 1e-5)) - (await lossAt(index, -1e-5))) / 2e-5;
      expect(gradient.data[index]).toBeCloseTo(slope, 8);
    }
  });
});
