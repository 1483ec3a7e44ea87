import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { referenceBackend } from "@alexnet/backend-reference";
import {
  initialParameters,
  lenet5,
  type Model,
  parametersOf,
  predict,
  type TensorMap,
  WeightsError,
} from "@alexnet/core";
import { describe, expect, it } from "vitest";
import {
  decodeCaffe,
  decodeMeanImage,
  decodeOnnx,
  decodeWeights,
  encodeNpy,
  identifyWeights,
  ownLayout,
} from "../src/index.js";
import { readWeights } from "../src/node.js";
import { golden } from "./helpers.js";

const read = async (name: string): Promise<Uint8Array> => new Uint8Array(await readFile(golden(name)));
const json = async (name: string) => JSON.parse(await readFile(golden(name), "utf8"));

async function answersOf(model: Model, parameters: TensorMap, image: readonly number[]) {
  const images = { shape: [1, ...model.inputShape], data: Float32Array.from(image) };
  return predict({ model, parameters, images, backend: await referenceBackend() });
}

/** Within what float32 on the other side leaves. */
function expectClose(found: ArrayLike<number>, expected: readonly number[]): void {
  const scale = Math.max(...expected.map(Math.abs));
  expect(found.length).toBe(expected.length);
  for (const [index, value] of expected.entries()) {
    expect(Math.abs(found[index]! - value)).toBeLessThan(1e-5 * scale);
  }
}

describe("a model of Caffe", () => {
  const names = ["conv1", "relu1", "norm1", "pool1", "conv2", "tanh2", "pool2", "flatten", "fc3", "drop3"];

  it.each([
    ["small.caffemodel", undefined],
    ["small-v1.caffemodel", undefined],
    ["small-v1.caffemodel", "small.prototxt"],
  ])("%s (net: %s) answers as PyTorch does, colors the other way round", async (file, text) => {
    const prototxt = text && (await readFile(golden(text), "utf8"));
    const decoded = decodeCaffe(await read(file), prototxt ? { prototxt } : {});
    const { model, parameters, preprocessing } = identifyWeights(decoded);
    const { image, answer } = await json("caffe.json");
    expect(model?.layers.map(({ name }) => name)).toEqual(names);
    expectClose((await answersOf(model!, parameters, image)).logits.data, answer);
    expect(preprocessing).toMatchObject({ range: 255, channelOrder: "rgb" });
  });

  it("has a mean image, red first here, in a .binaryproto and in a .npy", async () => {
    const red = Array.from({ length: 60 }, (_, index) => 100 * (2 - Math.floor(index / 20)) + (index % 20));
    const expected = { shape: [3, 4, 5], data: Float32Array.from(red) };
    expect(decodeMeanImage(await read("mean.binaryproto"))).toEqual(expected);
    const blue = Float32Array.from({ length: 60 }, (_, index) => 100 * Math.floor(index / 20) + (index % 20));
    const npy = Buffer.concat(encodeNpy({ shape: [3, 4, 5], data: blue }));
    expect(decodeMeanImage(npy)).toEqual(expected);
    expect(() => decodeMeanImage(Uint8Array.of(8, 1))).toThrow(/A mean image has the shape/);
  });

  it("is told by its content", async () => {
    expect(decodeWeights(await read("small-v1.caffemodel")).format).toBe("Caffe");
  });

  it.each([
    ["a layer that is not here", 'type: "ReLU"', 'type: "PReLU"', /"relu1".*PReLU, which is none/],
    ["a layer off the chain", 'bottom: "norm1"', 'bottom: "data"', /"pool1" \(Pooling\) takes \["data"\]/],
    ["a setting that is not here", "dropout_ratio: 0.4", "dropout_ratio: 1.5", /rate must be at least 0/],
    ["a field that is not there", "num_output: 5", "", /"fc3".*lacks num_output/],
    ["text that is none", "num_output: 5", "num_output = 5", /Line 92 of the prototxt: a colon/],
    ["a bracket that is not closed", 'type: "Softmax"', 'type: "Softmax" {', /expected; got|ends inside/],
  ])("is refused for %s", async (_, wanted, instead, message) => {
    const text = await readFile(golden("small.prototxt"), "utf8");
    expect(text).toContain(wanted);
    const prototxt = text.replace(wanted, instead);
    const bytes = await read("small.caffemodel");
    expect(() => decodeCaffe(bytes, { prototxt })).toThrow(message);
  });
});

describe("a model of ONNX", () => {
  it.each(["torch-legacy", "torch-train", "torch-dynamo", "matmul", "zoo", "external"])(
    "%s answers as ONNX Runtime does",
    async (name) => {
      const decoded = await readWeights(fileURLToPath(golden(`${name}.onnx`)));
      expect(decoded.format).toBe("ONNX");
      const { model, parameters } = identifyWeights(decoded);
      const { image, answer } = (await json("onnx.json"))[name];
      const { logits, probabilities } = await answersOf(model!, parameters, image);
      expectClose((name === "zoo" ? probabilities : logits).data, answer);
    },
  );

  it("names its layers as the zoo does", async () => {
    const { model } = identifyWeights(decodeOnnx(await read("torch-train.onnx")));
    const names = ["conv1", "sigmoid1", "pool1", "conv2", "tanh2", "pool2", "pool2_2", "flatten", "drop2", "fc3"];
    expect(model?.layers.map(({ name }) => name)).toEqual(names);
    expect(parametersOf(model!).map(({ name }) => name)).toEqual([
      "conv1.weight",
      "conv2.weight",
      "conv2.bias",
      "fc3.weight",
      "fc3.bias",
    ]);
  });

  it("is refused for what is no chain of layers, by the node", async () => {
    const bytes = await read("branch.onnx");
    expect(() => decodeOnnx(bytes)).toThrow(WeightsError);
    expect(() => decodeOnnx(bytes)).toThrow(/The node "sum" \(Add\) of the ONNX model is none of the layers here/);
  });

  it("is refused without the file that its values are in, and reads none elsewhere", async () => {
    const bytes = await read("external.onnx");
    expect(() => decodeOnnx(bytes)).toThrow(/"external\.bin" beside the model, which was not given/);
    const asked: string[] = [];
    const external = (location: string): undefined => void asked.push(location);
    expect(() => decodeOnnx(bytes, { external })).toThrow(WeightsError);
    expect(asked).toEqual(["external.bin"]);
  });

  it("is refused wherever it is cut off", async () => {
    const bytes = await read("zoo.onnx");
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => decodeOnnx(bytes.slice(0, length))).toThrow();
    }
  });
});

describe("a network that a file describes", () => {
  it("is the zoo's where that computes the same, and has its names", () => {
    const model = lenet5({ classes: 3 });
    const layers = model.layers.map((layer) => ({ ...layer, name: `their ${layer.name}` }));
    const parameters = initialParameters(model, 1);
    const tensors = Object.fromEntries(Object.entries(parameters).map(([name, tensor]) => [`their ${name}`, tensor]));
    const network = { model: { ...model, name: "theirs", layers }, layout: ownLayout("theirs") };
    const found = identifyWeights({ tensors, skipped: {}, network });
    expect(found.models).toEqual([{ name: "lenet5", options: { classes: 3, channels: 1, inputSize: 28 } }]);
    expect(Object.keys(found.parameters)).toEqual(Object.keys(parameters));
  });
});
