import { describe, expect, it } from "vitest";
import {
  adam,
  alexnet2012,
  alexnetD2l,
  defineModel,
  type Layer,
  layers,
  lenet5,
  plainSgd,
  type Schedule,
  tensor,
} from "../src/index.js";
import { updateRule } from "../src/optimizer/optimizer.js";
import { checkTensor } from "../src/tensor.js";
import { checkSchedule } from "../src/training/schedule.js";
import { checkEarlyStop } from "../src/training/watch.js";

/** What TypeScript would not let through, as JavaScript does. */
const any = (value: unknown) => value as never;

describe("options that nobody knows", () => {
  it.each<[string, () => unknown, string]>([
    ["conv2d", () => layers.conv2d("c", any({ filters: 1, kernel: 3, strides: 2 })), 'Did you mean "stride"?'],
    [
      "maxPool",
      () => layers.maxPool("p", any({ window: 2, dilation: 2 })),
      'Layer "p" (maxPool) has no option "dilation"',
    ],
    ["dense", () => layers.dense("d", any({ units: 3, useBias: false })), 'has no option "useBias"'],
    ["dropout", () => layers.dropout("d", any(0.5)), "takes its options as an object; got 0.5."],
    [
      "dense without options",
      () => layers.dense("d", any(undefined)),
      "takes its options as an object; got undefined.",
    ],
    [
      "a layer's name",
      () => layers.conv2d(any({ filters: 3 }), any({})),
      "The first argument of conv2d is the layer's name",
    ],
    [
      "a kernel",
      () => layers.conv2d("c", any({ filters: 3, kernel: "3" })),
      'kernel must be a number or [height, width]; got "3"',
    ],
    ["a bias", () => layers.dense("d", any({ units: 3, bias: { init: 0 } })), '"d": bias has no option "init"'],
    [
      "an initializer's kind",
      () => layers.dense("d", any({ units: 3, weight: { initializer: { kind: "xavier" } } })),
      'got "xavier". Did you mean "xavierUniform"?',
    ],
    [
      "an initializer's setting",
      () => layers.dense("d", any({ units: 3, weight: { initializer: { kind: "normal", std: 1 } } })),
      'has no option "std". It has standardDeviation.',
    ],
    ["lenet5", () => lenet5(any({ numClasses: 3 })), 'lenet5 has no option "numClasses". Did you mean "classes"?'],
    ["alexnetD2l", () => alexnetD2l(any({ classes: "10" })), 'classes must be a whole number of at least 1; got "10"'],
    ["alexnet2012", () => alexnet2012(any({ tower: 1 })), 'Did you mean "towers"?'],
    ["alexnet2012's towers", () => alexnet2012(any({ towers: 3 })), "towers is 1 or 2; got 3."],
    [
      "a schedule's kind",
      () => checkSchedule(any({ kind: "triangular", learningRate: 1 })),
      'plateau; got "triangular".',
    ],
    ["no schedule", () => checkSchedule(any(undefined)), "got undefined."],
    ["a schedule", () => checkSchedule(any({ kind: "constant", lr: 1 })), 'The constant schedule has no option "lr"'],
    [
      "an optimizer",
      () => updateRule(any({ ...plainSgd, nesterov: true })),
      'The optimizer sgd has no option "nesterov"',
    ],
    ["Adam", () => updateRule(any({ ...adam, amsgrad: true })), 'The optimizer adam has no option "amsgrad"'],
    ["an optimizer nobody knows", () => updateRule(any({ kind: "adamW" })), 'Did you mean "adamw"?'],
    ["earlyStop", () => checkEarlyStop(any({ patience: 3, metric: "loss" })), 'earlyStop has no option "metric"'],
  ])("%s: refused, naming those there are", (_, work, message) => {
    expect(work).toThrow(
      expect.objectContaining({ code: "INVALID_ARGUMENT", message: expect.stringContaining(message) }),
    );
  });

  it.each([1.5, -1, Number.NaN, Number.POSITIVE_INFINITY])("a patience of %d is refused", (patience) => {
    expect(() => checkEarlyStop({ patience })).toThrow(/whole number of at least 0/);
    const plateau: Schedule = { kind: "plateau", learningRate: 1, factor: 0.1, patience };
    expect(() => checkSchedule(plateau)).toThrow(/patience must be a whole number of at least 0/);
    expect(() => checkSchedule({ ...plateau, patience: 1, reductions: patience })).toThrow(/reductions must be/);
  });

  it("a layer that no function made is refused", () => {
    const define = (layer: unknown) =>
      defineModel({ name: "m", inputShape: [1, 4, 4], layers: [layer as Layer, layers.dense("d", { units: 2 })] });
    expect(() => define({ kind: "conv3d", name: "c" })).toThrow(/kind is conv2d, dense.*got "conv3d"/);
    expect(() => define("conv")).toThrow(/Layer 1 of "m" must be made by a function of layers; got "conv"/);
    expect(() => defineModel({ name: "m", inputShape: any([4, 4]), layers: [] })).toThrow(/inputShape \[C, H, W\]/);
  });
});

describe("a tensor", () => {
  it.each<[unknown, string, string]>([
    [{ shape: [3], data: new Float32Array(2) }, "SHAPE", "holds 3 values; got 2."],
    [{ shape: [2], data: new Int32Array(2) }, "INVALID_ARGUMENT", "got an Int32Array."],
    [{ shape: [2], data: [1, 2] }, "INVALID_ARGUMENT", "got an Array."],
    [{ shape: [2.5], data: new Float32Array(2) }, "INVALID_ARGUMENT", "extents are whole numbers"],
    [new Float32Array(2), "INVALID_ARGUMENT", "must be a tensor, { shape, data }; got a Float32Array."],
    [undefined, "INVALID_ARGUMENT", "got undefined."],
  ])("%j is refused as one", (value, code, message) => {
    expect(() => checkTensor(value, "It")).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it("is made from numbers or from float arrays, which are not copied", () => {
    const data = Float64Array.of(1, 2);
    expect(tensor([2], data).data).toBe(data);
    expect(tensor([2], [1, 2]).data).toEqual(Float32Array.of(1, 2));
    expect(() => tensor([2], any(Uint8Array.of(1, 2)))).toThrow(/Uint8Array/);
  });

  it("may come from another realm", async () => {
    const { runInNewContext } = await import("node:vm");
    const data = runInNewContext("new Float32Array([1, 2])");
    expect(data).not.toBeInstanceOf(Float32Array);
    expect(() => checkTensor({ shape: [2], data }, "It")).not.toThrow();
  });
});
