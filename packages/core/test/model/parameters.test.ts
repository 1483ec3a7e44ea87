import { describe, expect, it } from "vitest";
import {
  alexnet2012,
  alexnetCaffe,
  initialParameters,
  lenet5,
  parametersOf,
  tensor,
  WeightsError,
  zeros,
} from "../../src/index.js";
import { checkParameters } from "../../src/model/parameters.js";

describe("parametersOf", () => {
  it("lists weights and biases in the order of the layers", () => {
    expect(parametersOf(lenet5()).map(({ name, shape }) => [name, shape])).toEqual([
      ["conv1.weight", [6, 1, 5, 5]],
      ["conv1.bias", [6]],
      ["conv2.weight", [16, 6, 5, 5]],
      ["conv2.bias", [16]],
      ["fc3.weight", [120, 400]],
      ["fc3.bias", [120]],
      ["fc4.weight", [84, 120]],
      ["fc4.bias", [84]],
      ["fc5.weight", [10, 84]],
      ["fc5.bias", [10]],
    ]);
  });

  it("counts fans as PyTorch does: inputs of a group, outputs of all groups; a bias has those of its weight", () => {
    const fans = new Map(parametersOf(alexnet2012()).map(({ name, fanIn, fanOut }) => [name, [fanIn, fanOut]]));
    expect(fans.get("conv1.weight")).toEqual([3 * 11 * 11, 96 * 11 * 11]);
    expect(fans.get("conv2.weight")).toEqual([48 * 5 * 5, 256 * 5 * 5]);
    expect(fans.get("conv2.bias")).toEqual([48 * 5 * 5, 256 * 5 * 5]);
    expect(fans.get("fc6.weight")).toEqual([9216, 4096]);
  });

  it("carries Caffe's multipliers: biases learn twice as fast and do not decay", () => {
    for (const { name, settings } of parametersOf(alexnetCaffe())) {
      const bias = name.endsWith(".bias");
      expect(settings, name).toMatchObject({ learningRate: bias ? 2 : 1, weightDecay: bias ? 0 : 1 });
    }
  });

  it("starts the biases of conv2, conv4, conv5, fc6 and fc7 at 1, as section 5 of the paper says", () => {
    const ones = parametersOf(alexnet2012())
      .filter(({ settings: { initializer } }) => initializer.kind === "constant" && initializer.value === 1)
      .map(({ name }) => name);
    expect(ones).toEqual(["conv2.bias", "conv4.bias", "conv5.bias", "fc6.bias", "fc7.bias"]);
  });
});

describe("initialParameters", () => {
  it("gives these numbers for ever", () => {
    const { "conv1.bias": bias, "conv1.weight": weight } = initialParameters(lenet5(), 1);
    expect(Array.from(bias?.data ?? [])).toEqual([
      0.008968710899353027, 0.020850490778684616, -0.14518854022026062, 0.06520137935876846, 0.16428706049919128,
      -0.09342710673809052,
    ]);
    expect(Array.from(weight?.data.slice(0, 4) ?? [])).toEqual([
      -0.09106652438640594, 0.03598397970199585, 0.04792877659201622, -0.13290350139141083,
    ]);
  });

  it("gives each parameter numbers of its own, and others for another seed", () => {
    const [one, two] = [initialParameters(lenet5(), 1), initialParameters(lenet5(), 2)];
    const first = [one, two].flatMap((parameters) => Object.values(parameters).map(({ data }) => data[0]));
    expect(new Set(first).size).toBe(first.length);
    expect(initialParameters(lenet5(), 1)).toEqual(one);
  });

  it("are what checkParameters wants", () => {
    expect(() => checkParameters(lenet5(), initialParameters(lenet5(), 1))).not.toThrow();
  });
});

describe("checkParameters", () => {
  const parameters = initialParameters(lenet5(), 1);

  it("names a parameter that is missing", () => {
    const { "fc3.bias": _, ...rest } = parameters;
    expect(() => checkParameters(lenet5(), rest)).toThrow(WeightsError);
    expect(() => checkParameters(lenet5(), rest)).toThrow(/"fc3\.bias" \[120\].*"lenet5"/);
  });

  it("names a parameter of another shape, and both shapes", () => {
    const wrong = { ...parameters, "fc5.weight": zeros([100, 84]) };
    expect(() => checkParameters(lenet5(), wrong)).toThrow(/"fc5\.weight" has shape \[100, 84\], but \[10, 84\]/);
  });

  it("knows the layout of Keras, and the way back", () => {
    const keras = { ...parameters, "conv1.weight": zeros([5, 5, 1, 6]) };
    expect(() => checkParameters(lenet5(), keras)).toThrow(/\[5, 5, 1, 6\].*Keras' order.*transpose by \(3, 2, 0, 1\)/);
    const dense = { ...parameters, "fc3.weight": zeros([400, 120]) };
    expect(() => checkParameters(lenet5(), dense)).toThrow(/\[400, 120\].*Keras' order.*transpose by \(1, 0\)/);
    const other = { ...parameters, "fc3.weight": zeros([400, 121]) };
    expect(() => checkParameters(lenet5(), other)).toThrow(/Use the model, class count/);
  });

  it("knows the names of PyTorch's DataParallel", () => {
    const wrapped = Object.fromEntries(Object.entries(parameters).map(([name, value]) => [`module.${name}`, value]));
    expect(() => checkParameters(lenet5(), wrapped)).toThrow(/Take "module\." off their names/);
  });

  it("names a parameter the model does not have", () => {
    expect(() => checkParameters(lenet5(), { ...parameters, "fc9.bias": zeros([1]) })).toThrow(/"fc9\.bias"/);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("finds a %d and says where", (value) => {
    const damaged = { ...parameters, "conv1.bias": tensor([6], [0, 0, 0, 0, value, 0]) };
    expect(() => checkParameters(lenet5(), damaged)).toThrow(`"conv1.bias" holds ${value} at position 4`);
  });
});
