import { describe, expect, it } from "vitest";
import {
  alexnet2012,
  alexnetD2l,
  alexnetTorchvision,
  formatSummary,
  InvalidArgumentError,
  inferenceProgram,
  lenet5,
  type Shape,
  ShapeError,
  summarize,
  zoo,
} from "../../src/index.js";
import { goldenJson } from "../golden.js";

/** As published, or added up by hand. */
const PARAMETERS: Readonly<Record<string, number>> = {
  "alexnet-2012": 60_965_224,
  "alexnet-2012-1-tower": 62_378_344,
  "alexnet-caffe": 60_965_224,
  "alexnet-torchvision": 61_100_840,
  "alexnet-d2l": 46_764_746,
  lenet5: 61_706,
};

interface GoldenShapes {
  readonly input: Shape;
  readonly layers: readonly { readonly name: string; readonly shape: Shape; readonly parameters: number }[];
  readonly parameters: number;
}

const shapes = goldenJson<Record<string, GoldenShapes>>("shapes");

describe.each(zoo)("$name", ({ name, options, create }) => {
  it("makes a model of its name", () => {
    expect(create().name).toBe(name);
  });

  it("takes the options that it lists, and no others", () => {
    for (const option of ["classes", "channels", "inputSize", "towers"] as const) {
      const given = { [option]: option === "inputSize" ? 227 : 2 };
      if (options.includes(option)) expect(() => create(given)).not.toThrow();
      else expect(() => create(given)).toThrow(InvalidArgumentError);
    }
  });

  it("has the published number of parameters", () => {
    expect(summarize(create()).parameters).toBe(PARAMETERS[name]);
  });

  it("has the layers, shapes and parameter counts of its PyTorch witness", () => {
    const witness = shapes[name] as GoldenShapes;
    const summary = summarize(create(), 2);
    expect(summary.inputShape).toEqual(witness.input);
    expect(
      summary.layers.map(({ name, outputShape, parameters }) => ({ name, shape: outputShape, parameters })),
    ).toEqual(witness.layers);
    expect(summary.parameters).toBe(witness.parameters);
  });

  it("fits its summary into 80 columns", () => {
    const widths = formatSummary(summarize(create()))
      .split("\n")
      .map((line) => line.length);
    expect(Math.max(...widths)).toBeLessThanOrEqual(80);
  });

  it("takes other classes and channels", () => {
    const model = create({ classes: 7, channels: 2 });
    const { program } = inferenceProgram(model, 3);
    expect(model.classes).toBe(7);
    expect(model.inputShape[0]).toBe(2);
    expect(program.variables["conv1.weight"]?.[1]).toBe(2);
    expect(summarize(model, 3).layers.at(-1)?.outputShape).toEqual([3, 7]);
  });
});

describe("the names of the zoo", () => {
  it("are all different", () => {
    expect(new Set(zoo.map(({ name }) => name)).size).toBe(zoo.length);
  });
});

describe("input sizes", () => {
  it.each([63, 97, 224, 225, 255, 256, 299, 320])("torchvision's AlexNet takes %i pixels to 6x6", (inputSize) => {
    const { layers, parameters } = summarize(alexnetTorchvision({ inputSize }));
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
