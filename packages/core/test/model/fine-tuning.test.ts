import { describe, expect, it } from "vitest";
import {
  alexnet2012,
  defineModel,
  freeze,
  InvalidArgumentError,
  initialParameters,
  layers,
  lenet5,
  type Model,
  paperSgd,
  parametersOf,
  trainedParameters,
  trainingProgram,
  transferred,
  withClasses,
  withLearningRates,
} from "../../src/index.js";

const rates = (model: Model): Readonly<Record<string, number>> =>
  Object.fromEntries(parametersOf(model).map(({ name, settings }) => [name, settings.learningRate]));

describe("withLearningRates", () => {
  it("multiplies those of the layers that a pattern matches, the last of several deciding", () => {
    const model = withLearningRates(lenet5(), { "*": 0.5, "conv*": 0.1, conv2: 0, fc5: 10 });
    expect(rates(model)).toEqual({
      ...{ "conv1.weight": 0.1, "conv1.bias": 0.1, "conv2.weight": 0, "conv2.bias": 0 },
      ...{ "fc3.weight": 0.5, "fc3.bias": 0.5, "fc4.weight": 0.5, "fc4.bias": 0.5, "fc5.weight": 10, "fc5.bias": 10 },
    });
    expect(model.name).toBe("lenet5");
  });

  it("takes a point for a point", () => {
    const { conv2d, flatten } = layers;
    const model = defineModel({
      name: "points",
      inputShape: [1, 2, 2],
      layers: [conv2d("a.b", { filters: 1, kernel: 1 }), conv2d("axb", { filters: 1, kernel: 1 }), flatten("flatten")],
    });
    expect(rates(freeze(model, "a.b"))).toMatchObject({ "a.b.weight": 0, "axb.weight": 1 });
  });

  it("refuses a pattern that matches nothing, and what is no multiplier", () => {
    expect(() => freeze(lenet5(), "conv3")).toThrow(InvalidArgumentError);
    expect(() => freeze(lenet5(), "conv3")).toThrow(
      'No layer of "lenet5" with weights matches "conv3". There are features (what is before the first flatten), conv1, conv2, fc3, fc4, fc5.',
    );
    expect(() => freeze(lenet5(), "pool1")).toThrow(/matches "pool1"/);
    expect(() => withLearningRates(lenet5(), { fc5: -1 })).toThrow(/must be multiplied by 0 or more; got -1/);
    expect(() => withLearningRates(lenet5(), { fc5: Number.NaN })).toThrow(/got NaN/);
  });
});

describe("freeze", () => {
  it("leaves what is frozen without gradient, update and momentum in the program of a step", () => {
    const model = freeze(alexnet2012({ classes: 4 }), "features");
    const { program } = trainingProgram(model, 2, paperSgd);
    const kinds = new Set(program.operations.map(({ kind }) => kind));
    for (const kind of ["conv2dGradFilter", "conv2dGradInput", "lrnGrad", "maxPoolGrad"])
      expect(kinds).not.toContain(kind);
    const assigned = Object.keys(program.assignments);
    expect(assigned).toContain("fc8.weight");
    expect(assigned.filter((name) => name.startsWith("conv"))).toEqual([]);
    expect(Object.keys(program.variables)).toContain("conv1.weight");
    expect(Object.keys(program.variables)).not.toContain("conv1.weight.velocity");
    expect(trainedParameters(parametersOf(model)).map(({ layer }) => layer)).toEqual([
      "fc6",
      "fc6",
      "fc7",
      "fc7",
      "fc8",
      "fc8",
    ]);
  });

  it("goes on through a frozen layer to one before it that is trained", () => {
    const { program } = trainingProgram(freeze(lenet5(), "conv2", "fc*"), 2, paperSgd);
    expect(Object.keys(program.assignments).sort()).toEqual([
      "conv1.bias",
      "conv1.bias.velocity",
      "conv1.weight",
      "conv1.weight.velocity",
    ]);
    const counts = program.operations.filter(({ kind }) => kind === "conv2dGradFilter");
    expect(counts.length).toBe(1);
  });

  it("of everything leaves nothing to train", () => {
    expect(() => trainingProgram(freeze(lenet5(), "*"), 2, paperSgd)).toThrow(/nothing to train in "lenet5"/);
  });
});

describe("withClasses", () => {
  it("changes the last layer and nothing else", () => {
    expect(withClasses(lenet5(), 7)).toEqual(lenet5({ classes: 7 }));
  });

  it("refuses a model that does not end with a dense layer, and no number of classes", () => {
    const flat = defineModel({ name: "flat", inputShape: [1, 2, 2], layers: [layers.flatten("flatten")] });
    expect(() => withClasses(flat, 2)).toThrow(/"flat" does not end with a dense layer/);
    expect(() => withClasses(lenet5(), 0)).toThrow(/at least 1; got 0/);
  });
});

describe("transferred", () => {
  const parameters = initialParameters(lenet5(), 1);

  it("keeps the weights that fit, and draws the others by the seed", () => {
    const model = lenet5({ classes: 3 });
    const start = transferred(model, parameters, 9);
    const fresh = initialParameters(model, 9);
    for (const { name } of parametersOf(model)) {
      expect(start[name]).toBe(name.startsWith("fc5") ? start[name] : parameters[name]);
    }
    expect(start["fc5.weight"]).toEqual(fresh["fc5.weight"]);
    expect(start["fc5.bias"]).toEqual(fresh["fc5.bias"]);
    expect(Object.keys(start)).toEqual(parametersOf(model).map(({ name }) => name));
  });

  it("refuses weights of which none fits", () => {
    expect(() => transferred(alexnet2012(), parameters)).toThrow(/None of the weights fits "alexnet-2012"/);
  });
});
