import { describe, expect, it } from "vitest";
import {
  alexnet2012,
  alexnetCaffe,
  alexnetD2l,
  alexnetTorchvision,
  formatSummary,
  inferenceProgram,
  lenet5,
  type Model,
  type ModelOptions,
  type Shape,
  ShapeError,
  summarise,
} from "../../src/index.js";
import { goldenJson } from "../golden.js";

const ZOO: readonly { golden: string; build: (options?: ModelOptions) => Model; parameters: number }[] = [
  { golden: "alexnet2012", build: alexnet2012, parameters: 60_965_224 },
  { golden: "alexnet2012-1tower", build: (options) => alexnet2012({ ...options, towers: 1 }), parameters: 62_378_344 },
  { golden: "alexnetCaffe", build: alexnetCaffe, parameters: 60_965_224 },
  { golden: "alexnetTorchvision", build: alexnetTorchvision, parameters: 61_100_840 },
  { golden: "alexnetD2l", build: alexnetD2l, parameters: 46_764_746 },
  { golden: "lenet5", build: lenet5, parameters: 61_706 },
];

interface GoldenShapes {
  readonly input: Shape;
  readonly layers: readonly { readonly name: string; readonly shape: Shape; readonly parameters: number }[];
  readonly parameters: number;
}

const shapes = goldenJson<Record<string, GoldenShapes>>("shapes");

describe.each(ZOO)("$golden", ({ golden, build, parameters }) => {
  it("has the published number of parameters", () => {
    expect(summarise(build()).parameters).toBe(parameters);
  });

  it("has the layers, shapes and parameter counts of its PyTorch witness", () => {
    const witness = shapes[golden] as GoldenShapes;
    const summary = summarise(build(), 2);
    expect(summary.inputShape).toEqual(witness.input);
    expect(
      summary.layers.map(({ name, outputShape, parameters }) => ({ name, shape: outputShape, parameters })),
    ).toEqual(witness.layers);
    expect(summary.parameters).toBe(witness.parameters);
  });

  it("fits its summary into 80 columns", () => {
    const widths = formatSummary(summarise(build()))
      .split("\n")
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });

  it("takes other classes and channels", () => {
    const model = build({ classes: 7, channels: 2 });
    const { program } = inferenceProgram(model, 3);
    expect(model.classes).toBe(7);
    expect(model.inputShape[0]).toBe(2);
    expect(program.variables["conv1.weight"]?.[1]).toBe(2);
    expect(summarise(model, 3).layers.at(-1)?.outputShape).toEqual([3, 7]);
  });
});

describe("the names of the zoo", () => {
  it("are all different", () => {
    expect(new Set(ZOO.map(({ build }) => build().name)).size).toBe(ZOO.length);
  });
});

describe("input sizes", () => {
  it.each([63, 97, 224, 225, 255, 256, 299, 320])("torchvision's AlexNet takes %i pixels to 6x6", (inputSize) => {
    const { layers, parameters } = summarise(alexnetTorchvision({ inputSize }));
    expect(layers.find(({ name }) => name === "avgpool")?.outputShape).toEqual([1, 256, 6, 6]);
    expect(parameters).toBe(61_100_840);
  });

  it("the others grow their first dense layer", () => {
    expect(inferenceProgram(alexnetD2l({ inputSize: 96 }), 1).program.variables["fc6.weight"]).toEqual([4096, 256]);
    expect(inferenceProgram(lenet5({ inputSize: 32 }), 1).program.variables["fc3.weight"]).toEqual([120, 576]);
  });

  it("too small are refused with the layer, its window and the image", () => {
    expect(() => alexnet2012({ inputSize: 32 })).toThrow(ShapeError);
    expect(() => alexnet2012({ inputSize: 32 })).toThrow(
      /^pool2 \(maxPool\): a window of 3x3 .*does not fit into an image of 2x2/,
    );
    expect(() => lenet5({ inputSize: 7 })).toThrow(/^conv2\.weighted \(conv2d\): a window of 5x5 .* image of 3x3/);
  });
});
