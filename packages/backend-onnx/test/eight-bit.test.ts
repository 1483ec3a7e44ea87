import {
  type Backend,
  inferenceProgram,
  initialParameters,
  lenet5,
  oneHot,
  plainSgd,
  type Tensor,
  type TensorMap,
  tensor,
  trainingProgram,
} from "@alexnet/core";
import { type Program, programBuilder } from "@alexnet/core/program";
import { uniform } from "@alexnet/core/random";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onnxBackend } from "../src/index.js";
import { BLOCK, inEightBits } from "../src/lowering/eight-bit.js";

describe("weights in 8 bits", () => {
  it("are whole numbers of steps, the largest of a block 127 of them", () => {
    const { steps, scales } = inEightBits(Float32Array.of(1, -127, 63.4, 0), [1, 4]);
    expect(Array.from(steps.subarray(0, 4), (step) => step - 128)).toEqual([1, -127, 63, 0]);
    expect(Array.from(scales)).toEqual([1]);
  });

  it("have a scale for every block of a row, the last of which may be short", () => {
    const weight = new Float32Array(2 * (BLOCK + 1)).fill(1);
    weight[BLOCK] = 254;
    const { steps, scales } = inEightBits(weight, [2, BLOCK + 1]);
    expect(Array.from(scales, (scale) => Math.round(scale * 127))).toEqual([1, 254, 1, 1]);
    expect(steps).toHaveLength(4 * BLOCK);
    expect(steps[BLOCK]).toBe(255);
    // Beyond the end of the row stand zeros.
    expect(steps[BLOCK + 1]).toBe(128);
  });

  it("stay zeros where all are zero, and are no numbers where one is not finite", () => {
    expect(Array.from(inEightBits(Float32Array.of(0, -0), [1, 2]).scales)).toEqual([0]);
    for (const wrong of [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]) {
      expect(Array.from(inEightBits(Float32Array.of(1, wrong, 2), [1, 3]).scales)).toEqual([Number.NaN]);
    }
  });
});

describe("a backend with dense layers in 8 bits", () => {
  let int8: Backend;
  let float32: Backend;
  beforeAll(async () => {
    [int8, float32] = [await onnxBackend({ threads: 1, denseWeights: "int8" }), await onnxBackend({ threads: 1 })];
  });
  afterAll(async () => {
    await int8.dispose();
    await float32.dispose();
  });

  it("says so", () => {
    expect(int8.info).toMatchObject({ name: "onnx:cpu-int8", eightBitBlock: BLOCK });
    expect(int8.info.details.lowering).toContain("MatMulNBits");
    expect(float32.info).not.toHaveProperty("eightBitBlock");
  });

  it("refuses any other width", async () => {
    await expect(onnxBackend({ denseWeights: "int4" as "int8" })).rejects.toThrow(
      'onnxBackend: denseWeights is "float32" or "int8"; got "int4".',
    );
  });

  it("trains to the last bit like one without, and then answers from the new weights", async () => {
    const model = lenet5();
    const { program } = trainingProgram(model, 2, plainSgd);
    const answering = inferenceProgram(model, 2).program;
    const feed = {
      images: { shape: [2, 1, 28, 28], data: uniform({ seed: 1, purpose: "images" }, 2 * 784) },
      labels: oneHot([3, 1], 10),
      learningRate: tensor([], [0.1]),
    };
    const results = [];
    for (const backend of [int8, float32]) {
      const variables = await backend.createVariables(initialParameters(model, 7));
      const [step, answer] = [await backend.compile(program), await backend.compile(answering)];
      const logits = async () => {
        const [outputs] = await answer.run(variables, [{ images: feed.images }]);
        return outputs?.logits?.data as Tensor["data"];
      };
      const before = await logits();
      await step.run(variables, [feed, feed, feed]);
      results.push({ before, after: await logits(), parameters: await variables.read() });
    }
    const [coarse, fine] = results as [(typeof results)[0], (typeof results)[0]];
    expect(coarse.parameters).toEqual(fine.parameters);
    expect(coarse.before).not.toEqual(fine.before);
    for (const when of ["before", "after"] as const) {
      const largest = Math.max(...Array.from(fine[when], Math.abs));
      for (const [index, value] of fine[when].entries()) {
        expect(Math.abs((coarse[when][index] as number) - value)).toBeLessThan(0.02 * largest);
      }
    }
    expect(fine.after).not.toEqual(fine.before);
  });

  it("passes an infinity on as float32 does", async () => {
    const program = product();
    const feed = { rows: tensor([2, 2], [1, 2, Number.POSITIVE_INFINITY, 3]) };
    const values = { weight: tensor([2, 2], [1, 2, -1, 4]) };
    expect((await multiplied(int8, program, feed, values)).subarray(2)).toEqual(
      (await multiplied(float32, program, feed, values)).subarray(2),
    );
  });
});

function product(): Program {
  const builder = programBuilder("product");
  builder.input("rows", [2, 2]);
  builder.variable("weight", [2, 2]);
  builder.output(builder.apply("matmul", ["rows", "weight"], { transposeA: false, transposeB: true }), "y");
  return builder.build();
}

async function multiplied(backend: Backend, program: Program, feed: TensorMap, values: TensorMap) {
  const executable = await backend.compile(program);
  const [outputs] = await executable.run(await backend.createVariables(values), [feed]);
  return Float32Array.from(outputs?.y?.data ?? []);
}
