import {
  initialParameters,
  lenet5,
  type Model,
  parametersOf,
  sizeOf,
  type TensorMap,
  tensor,
  WeightsError,
  zoo,
} from "@alexnet/core";
import { describe, expect, it } from "vitest";
import {
  decodeSafetensors,
  fromLayout,
  identifyWeights,
  kerasLayout,
  type Layout,
  layouts,
  toLayout,
} from "../src/index.js";

/** The model of a layout, and parameters of which each value is its position, so that a misplaced one shows. */
function counted(layout: Layout): { model: Model; parameters: TensorMap } {
  const model = zoo.find(({ name }) => name === layout.model)!.create({ classes: 3 });
  const entries = parametersOf(model).map(({ name, shape }) => {
    const data = new Float32Array(sizeOf(shape));
    for (let index = 0; index < data.length; index++) data[index] = index;
    return [name, { shape, data }] as const;
  });
  return { model, parameters: Object.fromEntries(entries) };
}

/** Compares without printing: these are hundreds of megabytes. */
function expectSame(found: TensorMap, expected: TensorMap): void {
  expect(Object.keys(found)).toEqual(Object.keys(expected));
  for (const [name, { shape, data }] of Object.entries(expected)) {
    expect(found[name]!.shape).toEqual(shape);
    expect(Buffer.compare(bytesOf(found[name]!.data), bytesOf(data))).toBe(0);
  }
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Float64Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

const weightsOf = (tensors: TensorMap) => identifyWeights({ tensors, skipped: {} });

describe.each(layouts.map((layout) => [`${layout.family}'s ${layout.model}`, layout] as const))("%s", (_, layout) => {
  const { model, parameters } = counted(layout);

  it("is written and read again", () => {
    const written = toLayout(layout, model, parameters);
    for (const { shape, data } of Object.values(written)) expect(data.length).toBe(sizeOf(shape));
    expectSame(fromLayout(layout, model, written), parameters);
  });

  it("is told by its names", () => {
    const { layout: found, models, parameters: read } = weightsOf(toLayout(layout, model, parameters));
    expect(found?.family).toBe(layout.family);
    expect(models).toEqual([{ name: layout.model, options: { channels: model.inputShape[0], classes: 3 } }]);
    expectSame(read, parameters);
  });
});

describe("fromLayout", () => {
  const model = lenet5();

  it("puts the axes of filters and dense weights in our order, and flattened images too", () => {
    const at = (value: number): Float32Array => Float32Array.from({ length: value }, (_, index) => index);
    const parameters = initialParameters(model, 1);
    const layout = kerasLayout("lenet5");
    const written: Record<string, ReturnType<typeof tensor>> = { ...toLayout(layout, model, parameters) };
    written["conv2/kernel"] = tensor([5, 5, 6, 16], at(5 * 5 * 6 * 16));
    written["fc3/kernel"] = tensor([400, 120], at(400 * 120));
    written["fc4/kernel"] = tensor([120, 84], at(120 * 84));
    const read = fromLayout(layout, model, written);
    // Filter o of channel i at row y and column x.
    const [o, i, y, x] = [3, 4, 1, 2];
    expect(read["conv2.weight"]?.data[((o * 6 + i) * 5 + y) * 5 + x]).toBe(((y * 5 + x) * 6 + i) * 16 + o);
    // Unit u of what channel c has at row y and column x of 5 x 5 pixels of 16 channels.
    const [u, c] = [7, 9];
    expect(read["fc3.weight"]?.data[u * 400 + (c * 5 + y) * 5 + x]).toBe(((y * 5 + x) * 16 + c) * 120 + u);
    expect(read["fc4.weight"]?.data[u * 120 + c]).toBe(c * 84 + u);
  });

  it("turns the colors of the first layer round, and of no other", () => {
    const layout = layouts.find(({ family }) => family === "caffe")!;
    const { model: caffe, parameters } = counted(layout);
    const written = toLayout(layout, caffe, parameters);
    const pixels = 11 * 11;
    const [blue, red] = [written["conv1/0"]!.data.subarray(0, pixels), parameters["conv1.weight"]!.data];
    expect(blue).toEqual(red.subarray(2 * pixels, 3 * pixels));
    // The same array: nothing was done to it.
    expect(written["conv2/0"]!.data === parameters["conv2.weight"]!.data).toBe(true);
  });

  it("refuses what is missing and what has another shape by the file's name", () => {
    const layout = layouts.find((candidate) => candidate.model === "lenet5")!;
    const { "net.3.weight": _, ...rest } = toLayout(layout, model, initialParameters(model, 1));
    expect(() => fromLayout(layout, model, rest)).toThrow('The weights lack "net.3.weight" [16, 6, 5, 5].');
    const wrong = { ...rest, "net.3.weight": tensor([1], [1]) };
    expect(() => fromLayout(layout, model, wrong)).toThrow(
      '"net.3.weight" has the shape [1], but must have [16, 6, 5, 5].',
    );
  });
});

describe("identifyWeights", () => {
  const parameters = initialParameters(lenet5(), 1);
  const renamed = (rename: (name: string) => string): TensorMap =>
    Object.fromEntries(Object.entries(parameters).map(([name, value]) => [rename(name), value]));

  it.each([
    ["DataParallel's names", (name: string) => `module.${name}`],
    ["those of torch.compile", (name: string) => `_orig_mod.${name}`],
    ["those of both", (name: string) => `module._orig_mod.${name}`],
    ["Lightning's", (name: string) => `model.${name}`],
  ])("takes off %s", (_, rename) => {
    expect(weightsOf(renamed(rename))).toMatchObject({ parameters, models: [{ name: "lenet5" }] });
  });

  it("keeps names that it knows nothing of, and says what comes nearest", () => {
    const { models, nearest } = weightsOf(renamed((name) => name.replace("conv1", "first")));
    expect(models).toEqual([]);
    expect(nearest?.model.name).toBe("lenet5");
    expect(nearest?.missing).toEqual(["conv1.weight", "conv1.bias"]);
    expect(nearest?.surplus).toEqual(["first.weight", "first.bias"]);
  });

  it("names all models that the weights fit", () => {
    const caffe = zoo.find(({ name }) => name === "alexnet-caffe")!.create({ classes: 2 });
    const zeros = parametersOf(caffe).map(({ name, shape }) => [
      name,
      { shape, data: new Float32Array(sizeOf(shape)) },
    ]);
    const { models } = weightsOf(Object.fromEntries(zeros));
    expect(models.map(({ name }) => name).sort()).toEqual(["alexnet-2012", "alexnet-caffe"]);
  });

  it("does not mistake names of properties for tensors", () => {
    const bytes = new TextEncoder().encode('        {"__proto__":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}');
    new DataView(bytes.buffer).setBigUint64(0, BigInt(bytes.length - 8), true);
    const { parameters: found, models } = identifyWeights(decodeSafetensors(bytes));
    expect(Object.keys(found)).toEqual(["__proto__"]);
    expect(models).toEqual([]);
    expect(() => fromLayout(layouts[0]!, lenet5(), found)).toThrow(WeightsError);
  });
});
