import { describe, expect, it } from "vitest";
import { alexnet2012, defineModel, InvalidArgumentError, layers, type Model, ShapeError } from "../../src/index.js";

const { avgPool, conv2d, dense, dropout, flatten, lrn, maxPool, relu } = layers;

function model(...modelLayers: Model["layers"]): Model {
  return defineModel({ name: "test", inputShape: [3, 8, 8], layers: modelLayers });
}

describe("defineModel", () => {
  it("knows the number of classes from the last layer", () => {
    const { name, inputShape, classes } = model(flatten("flatten"), dense("fc", { units: 5 }));
    expect({ name, inputShape, classes }).toEqual({ name: "test", inputShape: [3, 8, 8], classes: 5 });
  });

  it("gives data that cannot be changed and survives JSON", () => {
    const made = alexnet2012();
    expect(Object.isFrozen(made)).toBe(true);
    expect(Object.isFrozen(made.layers)).toBe(true);
    expect(JSON.parse(JSON.stringify(made))).toEqual(made);
  });

  it("refuses two layers of one name", () => {
    expect(() => model(relu("a"), relu("a"))).toThrow(InvalidArgumentError);
    expect(() => model(relu("a"), relu("a"))).toThrow('"test" has two layers named "a".');
  });

  it("refuses a model that does not end in one vector an image", () => {
    expect(() => model()).toThrow(InvalidArgumentError);
    expect(() => model(conv2d("conv", { filters: 2, kernel: 3 }))).toThrow(
      '"test" gives [1, 2, 6, 6] for one image, not one vector of logits. End it with a dense layer.',
    );
  });

  it.each([[[0, 8, 8]], [[3, 8.5, 8]], [[3, 8, -8]]])("refuses the input shape %j", (inputShape) => {
    const define = () =>
      defineModel({ name: "test", inputShape: inputShape as [number, number, number], layers: [flatten("flatten")] });
    expect(define).toThrow(InvalidArgumentError);
    expect(define).toThrow(`[${inputShape.join(", ")}]`);
  });
});

describe("shapes that do not fit are an error that names the layer and both shapes", () => {
  it.each<[string, () => unknown, string | RegExp]>([
    [
      "a dense layer on images",
      () => model(dense("fc", { units: 2 })),
      'Layer "fc" (dense) takes vectors [N, features]; put a flatten layer before it; got [1, 3, 8, 8].',
    ],
    [
      "a convolution on vectors",
      () => model(flatten("flatten"), conv2d("conv", { filters: 2, kernel: 3 })),
      'Layer "conv" (conv2d) takes images [N, C, H, W]; got [1, 192].',
    ],
    [
      "normalization on vectors",
      () => model(flatten("flatten"), lrn("norm")),
      'Layer "norm" (lrn) takes images [N, C, H, W]; got [1, 192].',
    ],
    [
      "pooling on vectors",
      () => model(flatten("flatten"), maxPool("pool", { window: 2 })),
      /^pool \(maxPool\).*\[1, 192\]/,
    ],
    [
      "a filter larger than the image",
      () => model(conv2d("conv", { filters: 2, kernel: [9, 3] })),
      /^conv\.weighted \(conv2d\): a window of 9x3 .*image of 8x8/,
    ],
    [
      "a dilated filter that reaches beyond the image",
      () => model(conv2d("conv", { filters: 2, kernel: 3, dilation: 4 })),
      /window of 3x3 \(dilation 4x4\) does not fit into an image of 8x8/,
    ],
    [
      "channels that cannot be cut into groups",
      () => model(conv2d("conv", { filters: 4, kernel: 3, groups: 2 })),
      /^conv\.weighted \(conv2d\): 3 input and 4 output channels cannot be cut into 2 groups/,
    ],
    [
      "channels that cannot be normalized in groups",
      () => model(lrn("norm", { groups: 2 })),
      'Layer "norm" (lrn) cannot cut the 3 channels of [1, 3, 8, 8] into 2 groups.',
    ],
    [
      "padding as wide as the pooling window",
      () => model(maxPool("pool", { window: 2, padding: [0, 0, 0, 2] })),
      /^pool \(maxPool\): padding \[0, 0, 0, 2\] must be smaller than the window 2x2/,
    ],
  ])("%s", (_, build, message) => {
    expect(build).toThrow(ShapeError);
    expect(build).toThrow(message);
  });
});

describe("layers", () => {
  it("take one number or one for each direction", () => {
    const settings = { weight: { initializer: { kind: "pytorch" }, learningRate: 1, weightDecay: 1 } };
    expect(conv2d("conv", { filters: 2, kernel: 3 })).toMatchObject({
      kernel: [3, 3],
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
      ...settings,
    });
    expect(conv2d("conv", { filters: 2, kernel: [1, 2], stride: [3, 4], padding: [5, 6] })).toMatchObject({
      kernel: [1, 2],
      stride: [3, 4],
      padding: [5, 6, 5, 6],
    });
    expect(maxPool("pool", { window: 3, padding: [0, 1, 2, 1] }).padding).toEqual([0, 1, 2, 1]);
  });

  it("pool at a stride as wide as the window unless told otherwise", () => {
    expect(maxPool("pool", { window: [3, 2] }).stride).toEqual([3, 2]);
    expect(avgPool("pool", { window: 2, stride: 1 }).stride).toEqual([1, 1]);
  });

  it("may have no bias", () => {
    expect(dense("fc", { units: 2, bias: false }).bias).toBeUndefined();
    const { layers } = model(flatten("flatten"), dense("fc", { units: 2, bias: false }));
    expect(layers).toHaveLength(2);
  });

  it("normalize with the constants of the paper", () => {
    expect(lrn("norm")).toMatchObject({ size: 5, k: 2, alpha: 1e-4, beta: 0.75, groups: 1 });
  });

  it.each<[string, () => unknown]>([
    ["filters", () => conv2d("wrong", { filters: 0, kernel: 3 })],
    ["kernel", () => conv2d("wrong", { filters: 1, kernel: [3, 0] })],
    ["stride", () => conv2d("wrong", { filters: 1, kernel: 3, stride: 1.5 })],
    ["padding", () => conv2d("wrong", { filters: 1, kernel: 3, padding: -1 })],
    ["dilation", () => conv2d("wrong", { filters: 1, kernel: 3, dilation: 0 })],
    ["groups", () => conv2d("wrong", { filters: 1, kernel: 3, groups: Number.NaN })],
    ["units", () => dense("wrong", { units: -1 })],
    ["window", () => avgPool("wrong", { window: 0 })],
    ["outputSize", () => layers.adaptiveAvgPool("wrong", { outputSize: 0 })],
    ["size", () => lrn("wrong", { size: 4 })],
    ["rate", () => dropout("wrong", { rate: 1 })],
    ["rate", () => dropout("wrong", { rate: Number.NaN })],
  ])("refuse a wrong %s, naming the layer", (what, build) => {
    expect(build).toThrow(InvalidArgumentError);
    expect(build).toThrow(`Layer "wrong": ${what}`);
  });
});
