import {
  defineModel,
  gradientProgram,
  inferenceProgram,
  initialParameters,
  layers,
  type Model,
  type Shape,
  type Tensor,
  type TensorMap,
} from "@alexnet/core";
import { differentiate, optimize, type Program, programBuilder } from "@alexnet/core/program";
import { describe, expect, it } from "vitest";
import { referenceBackend } from "../src/index.js";
import { apply, counting, random, runProgram, tensor64 } from "./helpers.js";

/** The logits of a model on random images. */
async function logits(model: Model, parameters: TensorMap): Promise<Tensor> {
  const { program } = inferenceProgram(model, 2);
  const backend = referenceBackend();
  const executable = await backend.compile(program);
  const images = random("images", [2, ...model.inputShape]);
  const [outputs] = await executable.run(await backend.createVariables(parameters), [{ images }]);
  await backend.dispose();
  return outputs?.logits as Tensor;
}

/** A model that is nothing but one layer and a flattening. */
function single(
  layer: Parameters<typeof defineModel>[0]["layers"][number],
  inputShape: [number, number, number],
): Model {
  return defineModel({ name: "single", inputShape, layers: [layer, layers.flatten("flatten")] });
}

describe("adaptive average pooling", () => {
  /** `AdaptiveAvgPool2d` by its definition. */
  function expected(images: Tensor, outputs: readonly [number, number]): number[] {
    const [batch, channels, height, width] = images.shape as [number, number, number, number];
    const values: number[] = [];
    for (let plane = 0; plane < batch * channels; plane++)
      for (let y = 0; y < outputs[0]; y++)
        for (let x = 0; x < outputs[1]; x++) {
          const window: number[] = [];
          for (let row = Math.floor((y * height) / outputs[0]); row < Math.ceil(((y + 1) * height) / outputs[0]); row++)
            for (
              let column = Math.floor((x * width) / outputs[1]);
              column < Math.ceil(((x + 1) * width) / outputs[1]);
              column++
            )
              window.push(images.data[(plane * height + row) * width + column] as number);
          values.push(window.reduce((sum, value) => sum + value, 0) / window.length);
        }
    return values;
  }

  it.each<[Shape, readonly [number, number]]>([
    [
      [3, 6, 6],
      [6, 6],
    ],
    [
      [2, 12, 18],
      [6, 6],
    ],
    [
      [2, 7, 5],
      [3, 2],
    ],
    [
      [1, 6, 7],
      [6, 6],
    ],
    [
      [1, 4, 3],
      [6, 6],
    ],
    [
      [2, 1, 1],
      [6, 6],
    ],
    [
      [1, 13, 13],
      [6, 1],
    ],
  ])("of %j to %j", async (input, outputSize) => {
    const model = single(layers.adaptiveAvgPool("pool", { outputSize }), input as [number, number, number]);
    const result = await logits(model, {});
    const values = expected(random("images", [2, ...input]), outputSize);
    expect(result.data).toHaveLength(values.length);
    values.forEach((value, index) => {
      expect(result.data[index]).toBeCloseTo(value, 14);
    });
  });
});

describe("towers", () => {
  it("normalize their own channels only", async () => {
    const images = random("images", [2, 8, 2, 2]);
    const attributes = { size: 5, k: 2, alpha: 0.5, beta: 0.75 };
    const halves = await Promise.all(
      [0, 4].map(async (start) =>
        apply("lrn", [await apply("slice", [images], { axis: 1, start, end: start + 4 })], attributes),
      ),
    );
    const towers = await logits(single(layers.lrn("norm", { ...attributes, groups: 2 }), [8, 2, 2]), {});
    expect(towers.data).toEqual((await apply("concat", halves, { axis: 1 })).data);
  });
});

describe("dropout", () => {
  const model = defineModel({
    name: "dropping",
    inputShape: [1, 1, 3],
    layers: [layers.flatten("flatten"), layers.dropout("drop"), layers.dense("fc", { units: 2, bias: false })],
  });
  const weights = { "fc.weight": counting([2, 3]) };

  it("multiplies with the mask it is fed in training, gradients too", async () => {
    const { program, masks } = gradientProgram(model, 1);
    expect(masks).toMatchObject([{ input: "drop.mask", shape: [1, 3], rate: 0.5 }]);
    const backend = referenceBackend();
    const [outputs] = await (await backend.compile(program)).run(await backend.createVariables(weights), [
      {
        images: tensor64([1, 1, 1, 3], [1, 1, 1]),
        labels: tensor64([1, 2], [-1, 1]),
        "drop.mask": tensor64([1, 3], [2, 0, 2]),
      },
    ]);
    expect(outputs?.logits?.data).toEqual(Float64Array.of(2 * 1 + 2 * 3, 2 * 4 + 2 * 6));
    expect(outputs?.["gradient:fc.weight"]?.data).toEqual(Float64Array.of(2, 0, 2, -2, 0, -2));
  });

  it("does nothing otherwise", async () => {
    const { program } = inferenceProgram(model, 1);
    expect(program.operations.some(({ kind }) => kind === "multiply")).toBe(false);
  });
});

describe("differentiate", () => {
  it("adds up the gradients of a value used in several places", async () => {
    // Σ over the row of x · x + 3x, so 2x + 3.
    const builder = programBuilder("twice");
    builder.input("x", [1, 2]);
    builder.input("labels", [1, 2]);
    const square = builder.apply("multiply", ["x", "x"], {});
    const sum = builder.apply("add", [square, builder.apply("scale", ["x"], { factor: 3 })], {});
    const loss = builder.apply("softmaxCrossEntropy", [sum, "labels"], {});
    const { program, gradients } = differentiate(builder.build(), loss, ["x"]);
    const outputs = await runProgram(
      { ...program, outputs: { gradient: gradients.get("x") as string } },
      // Labels that add up to 0 make the gradient of the logits −label.
      { x: tensor64([1, 2], [5, 7]), labels: tensor64([1, 2], [-1, 1]) },
    );
    expect(outputs.gradient?.data).toEqual(Float64Array.of(2 * 5 + 3, -(2 * 7 + 3)));
  });
});

describe("optimize", () => {
  it("changes no bit of any output of a model with towers", async () => {
    const model = defineModel({
      name: "towers",
      inputShape: [3, 19, 19],
      layers: [
        layers.conv2d("conv1", { filters: 4, kernel: 5, stride: 2 }),
        layers.relu("relu1"),
        layers.lrn("norm1", { groups: 2 }),
        layers.maxPool("pool1", { window: 3, stride: 2 }),
        layers.conv2d("conv2", { filters: 4, kernel: 3, padding: 1, groups: 2 }),
        layers.adaptiveAvgPool("avgpool", { outputSize: 2 }),
        layers.flatten("flatten"),
        layers.dense("fc", { units: 3 }),
      ],
    });
    const { program } = gradientProgram(model, 2);
    // The same operations with repetitions, idle reshapes and unused values in between.
    const builder = programBuilder({ ...program, operations: [], outputs: {} });
    const renamed = new Map<string, string>();
    const resolve = (value: string): string => renamed.get(value) ?? value;
    for (const { kind, inputs, attributes, output, shape } of program.operations) {
      builder.apply(kind, inputs.map(resolve) as never, attributes as never, `${output}.unused`);
      const copy = builder.apply(kind, inputs.map(resolve) as never, attributes as never, output);
      renamed.set(output, builder.apply("reshape", [copy], { shape }));
    }
    for (const [name, value] of Object.entries(program.outputs)) builder.output(resolve(value), name);
    const wasteful = builder.build();

    const run = async (which: Program): Promise<TensorMap> => {
      const backend = referenceBackend();
      const variables = await backend.createVariables(initialParameters(model, 1));
      const feed = { images: random("images", [2, 3, 19, 19]), labels: random("labels", [2, 3]) };
      const [outputs] = await (await backend.compile(which)).run(variables, [feed]);
      return outputs as TensorMap;
    };
    const lean = optimize(wasteful);
    expect(wasteful.operations).toHaveLength(3 * program.operations.length);
    expect(lean.operations).toHaveLength(program.operations.length);
    expect(await run(lean)).toEqual(await run(wasteful));
  });
});
