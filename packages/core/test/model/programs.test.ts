import { describe, expect, it } from "vitest";
import {
  adam,
  adamW,
  alexnetCaffe,
  defineModel,
  gradientProgram,
  InvalidArgumentError,
  inferenceProgram,
  layers,
  lenet5,
  type Model,
  paperSgd,
  plainSgd,
  trainingProgram,
} from "../../src/index.js";
import { printProgram, validateProgram } from "../../src/program/index.js";

const { dense, dropout, flatten, lrn, relu } = layers;

/** Images of 2x1x1, three classes. */
function tiny(...before: Model["layers"]): Model {
  return defineModel({
    name: "tiny",
    inputShape: [2, 1, 1],
    layers: [...before, flatten("flatten"), dense("fc", { units: 3 })],
  });
}

describe("inferenceProgram", () => {
  it("takes images and gives logits and probabilities", () => {
    expect(printProgram(inferenceProgram(tiny(), 4).program)).toMatchInlineSnapshot(`
      "program tiny inference
        input images [4, 2, 1, 1]
        variable fc.weight [3, 2]
        variable fc.bias [3]
        flatten = reshape(images) shape=[4,2] → [4, 2]
        fc.weighted = matmul(flatten, fc.weight) transposeA=false transposeB=true → [4, 3]
        fc = addBias(fc.weighted, fc.bias) → [4, 3]
        probabilities = softmax(fc) → [4, 3]
        output logits = fc
        output probabilities = probabilities
      "
    `);
  });

  it("takes no masks: dropout does nothing", () => {
    const { program, masks } = inferenceProgram(tiny(dropout("drop")), 4);
    expect(masks).toEqual([]);
    expect(Object.keys(program.inputs)).toEqual(["images"]);
  });
});

describe("gradientProgram", () => {
  it("takes labels too and gives the loss and the gradient of every parameter", () => {
    expect(printProgram(gradientProgram(tiny(), 4).program)).toMatchInlineSnapshot(`
      "program tiny gradients
        input images [4, 2, 1, 1]
        input labels [4, 3]
        variable fc.weight [3, 2]
        variable fc.bias [3]
        flatten = reshape(images) shape=[4,2] → [4, 2]
        fc.weighted = matmul(flatten, fc.weight) transposeA=false transposeB=true → [4, 3]
        fc = addBias(fc.weighted, fc.bias) → [4, 3]
        loss = softmaxCrossEntropy(fc, labels) → []
        fc.gradient = softmaxCrossEntropyGrad(fc, labels) → [4, 3]
        fc.biasGrad = biasGrad(fc.gradient) → [3]
        fc.weighted.matmul = matmul(fc.gradient, flatten) transposeA=true transposeB=false → [3, 2]
        output loss = loss
        output logits = fc
        output gradient:fc.weight = fc.weighted.matmul
        output gradient:fc.bias = fc.biasGrad
      "
    `);
  });

  it("takes a mask for each dropout layer that drops anything", () => {
    const { program, masks } = gradientProgram(tiny(dropout("drop", { rate: 0.3 }), dropout("keep", { rate: 0 })), 4);
    expect(masks).toEqual([{ input: "drop.mask", layer: "drop", shape: [4, 2, 1, 1], rate: 0.3 }]);
    expect(program.inputs["drop.mask"]).toEqual([4, 2, 1, 1]);
    expect(program.inputs["keep.mask"]).toBeUndefined();
  });

  it("computes no gradient of the images", () => {
    const { program } = gradientProgram(lenet5(), 2);
    const inputGradients = program.operations.filter(({ kind }) => kind === "conv2dGradInput");
    expect(inputGradients.map(({ output }) => output)).toEqual(["conv2.weighted.conv2dGradInput"]);
  });
});

describe("trainingProgram", () => {
  const updates = (optimizer: Parameters<typeof trainingProgram>[2]) =>
    printProgram(trainingProgram(tiny(), 4, optimizer).program)
      .split("\n")
      .filter((line) => /fc\.bias.*(sgdUpdate|adamUpdate|multiply|add\(|←)/.test(line));

  it("moves the weights down the gradient", () => {
    expect(updates(plainSgd)).toMatchInlineSnapshot(`
      [
        "  fc.bias.updated = sgdUpdate(fc.bias, fc.bias, fc.biasGrad, learningRate) momentum=1 weightDecay=0 rate=1 → [3]",
        "  fc.bias ← fc.bias.updated",
      ]
    `);
  });

  it("keeps velocities by the paper's rule", () => {
    expect(updates(paperSgd)).toMatchInlineSnapshot(`
      [
        "  fc.bias.velocity.updated = sgdUpdate(fc.bias.velocity, fc.bias, fc.biasGrad, learningRate) momentum=0.9 weightDecay=0.0005 rate=1 → [3]",
        "  fc.bias.updated = add(fc.bias, fc.bias.velocity.updated) → [3]",
        "  fc.bias.velocity ← fc.bias.velocity.updated",
        "  fc.bias ← fc.bias.updated",
      ]
    `);
  });

  it("keeps velocities by PyTorch's rule", () => {
    expect(updates({ ...paperSgd, convention: "pytorch" })).toMatchInlineSnapshot(`
      [
        "  fc.bias.velocity.updated = sgdUpdate(fc.bias.velocity, fc.bias, fc.biasGrad) momentum=0.9 weightDecay=0.0005 rate=-1 → [3]",
        "  fc.bias.updated = sgdUpdate(fc.bias, fc.bias, fc.bias.velocity.updated, learningRate) momentum=1 weightDecay=0 rate=1 → [3]",
        "  fc.bias.velocity ← fc.bias.velocity.updated",
        "  fc.bias ← fc.bias.updated",
      ]
    `);
  });

  it("keeps means and variances by Adam's rule, and lets the gradient or the weights decay", () => {
    expect(updates({ ...adam, weightDecay: 0.5 })).toMatchInlineSnapshot(`
      [
        "  fc.bias.slope = sgdUpdate(fc.biasGrad, fc.bias, fc.bias) momentum=1 weightDecay=0 rate=-0.5 → [3]",
        "  fc.bias.square = multiply(fc.bias.slope, fc.bias.slope) → [3]",
        "  fc.bias.mean.updated = sgdUpdate(fc.bias.mean, fc.bias, fc.bias.slope) momentum=0.9 weightDecay=0 rate=-0.09999999999999998 → [3]",
        "  fc.bias.variance.updated = sgdUpdate(fc.bias.variance, fc.bias, fc.bias.square) momentum=0.999 weightDecay=0 rate=-0.0010000000000000009 → [3]",
        "  fc.bias.updated = adamUpdate(fc.bias, fc.bias.mean.updated, fc.bias.variance.updated, stepSize, rootCorrection) epsilon=1e-8 rate=1 → [3]",
        "  fc.bias ← fc.bias.updated",
        "  fc.bias.mean ← fc.bias.mean.updated",
        "  fc.bias.variance ← fc.bias.variance.updated",
      ]
    `);
    expect(updates({ ...adamW, weightDecay: 0.5 })).toMatchInlineSnapshot(`
      [
        "  fc.bias.square = multiply(fc.biasGrad, fc.biasGrad) → [3]",
        "  fc.bias.mean.updated = sgdUpdate(fc.bias.mean, fc.bias, fc.biasGrad) momentum=0.9 weightDecay=0 rate=-0.09999999999999998 → [3]",
        "  fc.bias.variance.updated = sgdUpdate(fc.bias.variance, fc.bias, fc.bias.square) momentum=0.999 weightDecay=0 rate=-0.0010000000000000009 → [3]",
        "  fc.bias.decayed = sgdUpdate(fc.bias, fc.bias, fc.bias, learningRate) momentum=1 weightDecay=0 rate=0.5 → [3]",
        "  fc.bias.updated = adamUpdate(fc.bias.decayed, fc.bias.mean.updated, fc.bias.variance.updated, stepSize, rootCorrection) epsilon=1e-8 rate=1 → [3]",
        "  fc.bias ← fc.bias.updated",
        "  fc.bias.mean ← fc.bias.mean.updated",
        "  fc.bias.variance ← fc.bias.variance.updated",
      ]
    `);
    expect(updates(adam).join()).not.toContain("slope");
  });

  it("multiplies rate and decay of each parameter with its own settings", () => {
    const { program } = trainingProgram(alexnetCaffe({ classes: 2 }), 1, paperSgd);
    const attributes = (value: string) => program.operations.find(({ output }) => output === value)?.attributes;
    expect(attributes("conv2.weight.velocity.updated")).toEqual({ momentum: 0.9, weightDecay: 5e-4, rate: 1 });
    expect(attributes("conv2.bias.velocity.updated")).toEqual({ momentum: 0.9, weightDecay: 0, rate: 2 });
  });

  it.each([
    { convention: "nesterov" as "paper", momentum: 0.9, weightDecay: 0 },
    { ...adam, beta1: 1 },
    { ...adam, beta2: -0.1 },
    { ...adam, epsilon: 0 },
    { ...adamW, weightDecay: Number.NaN },
    { kind: "adagrad" as "adam", beta1: 0, beta2: 0, epsilon: 1, weightDecay: 0 },
    { convention: "paper" as const, momentum: 1, weightDecay: 0 },
    { convention: "paper" as const, momentum: -0.1, weightDecay: 0 },
    { convention: "paper" as const, momentum: 0, weightDecay: -1 },
    { convention: "paper" as const, momentum: 0, weightDecay: Number.NaN },
  ])("refuses the optimizer %j", (optimizer) => {
    expect(() => trainingProgram(tiny(), 1, optimizer)).toThrow(InvalidArgumentError);
  });
});

describe("every program of a model", () => {
  it.each([0, -1, 1.5, Number.NaN])("has no batch of %d", (batch) => {
    expect(() => inferenceProgram(tiny(), batch)).toThrow(InvalidArgumentError);
    expect(() => gradientProgram(tiny(), batch)).toThrow("The batch size");
  });

  it("is valid", () => {
    const model = alexnetCaffe({ classes: 2 });
    for (const { program } of [
      inferenceProgram(model, 2),
      gradientProgram(model, 2),
      trainingProgram(model, 2, paperSgd),
      trainingProgram(lenet5(), 2, { ...paperSgd, convention: "pytorch" }),
      trainingProgram(lenet5(), 2, adamW),
    ]) {
      expect(() => validateProgram(program)).not.toThrow();
    }
  });

  it("keeps the names of its outputs whatever the layers are called", () => {
    const model = tiny(relu("loss"), relu("logits"), relu("probabilities"));
    expect(Object.keys(inferenceProgram(model, 1).program.outputs)).toEqual(["logits", "probabilities"]);
    expect(Object.keys(trainingProgram(model, 1, plainSgd).program.outputs)).toEqual(["loss", "logits"]);
  });
});

describe("normalization in towers", () => {
  it("is one normalization of the towers as images of their own", () => {
    const model = defineModel({
      name: "towers",
      inputShape: [4, 3, 3],
      layers: [lrn("norm", { groups: 2 }), flatten("flatten")],
    });
    const { operations } = inferenceProgram(model, 2).program;
    expect(
      operations.map(({ kind, inputs, output, shape }) => `${output} [${shape}] = ${kind}(${inputs.join(", ")})`),
    ).toEqual([
      "norm.groups.input [4,2,3,3] = reshape(images)",
      "norm.groups [4,2,3,3] = lrn(norm.groups.input)",
      "norm [2,4,3,3] = reshape(norm.groups)",
      "flatten [2,36] = reshape(norm)",
      "probabilities [2,36] = softmax(flatten)",
    ]);
  });

  it("is one operation where there is one tower", () => {
    const [first] = inferenceProgram(tiny(lrn("norm")), 1).program.operations;
    expect(first?.kind).toBe("lrn");
  });
});
