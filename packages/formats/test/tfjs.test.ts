import { referenceBackend } from "@alexnet/backend-reference";
import {
  alexnet2012,
  defineModel,
  initialParameters,
  layers,
  type Model,
  predict,
  type TensorMap,
  WeightsError,
} from "@alexnet/core";
import { uniform } from "@alexnet/core/random";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { decodeTfjs, decodeWeights, encodeTfjs, identifyWeights } from "../src/index.js";
import { registerTfjsLayers } from "../src/tfjs/register.js";

beforeAll(async () => {
  await tf.setBackend("cpu");
  registerTfjsLayers(tf);
});

const noise = (purpose: string, count: number): Float32Array => uniform({ seed: 2, purpose }, count);

/** What our reference answers to an image `[C, H, W]`. */
async function ours(model: Model, parameters: TensorMap, data: Float32Array): Promise<Float32Array | Float64Array> {
  const images = { shape: [1, ...model.inputShape], data };
  return (await predict({ model, parameters, images, backend: await referenceBackend() })).logits.data;
}

/** What TensorFlow.js answers to the same. */
async function theirs(model: tf.LayersModel, [channels, height, width]: Model["inputShape"], data: Float32Array) {
  const image = tf.tensor4d(data, [1, channels, height, width]).transpose([0, 2, 3, 1]);
  const answer = model.predict(image);
  return (answer as tf.Tensor).data(); // One input, one output.
}

function expectClose(found: ArrayLike<number>, expected: ArrayLike<number>): void {
  const scale = Math.max(...Array.from(expected, Math.abs));
  expect(found.length).toBe(expected.length);
  for (let index = 0; index < expected.length; index++) {
    expect(Math.abs(found[index]! - expected[index]!)).toBeLessThan(1e-5 * scale);
  }
}

/** A model as TensorFlow.js saves it: the JSON, and its weights in shards of a few bytes. */
async function saved(
  model: tf.LayersModel,
): Promise<{ json: Uint8Array; external: (name: string) => Uint8Array | undefined }> {
  const files = new Map<string, Uint8Array>();
  let json = new Uint8Array();
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const data = new Uint8Array(tf.io.concatenateArrayBuffers([artifacts.weightData as ArrayBuffer]));
      const half = Math.ceil(data.length / 2);
      files.set("group1-shard1of2.bin", data.slice(0, half)).set("group1-shard2of2.bin", data.slice(half));
      const { modelTopology, weightSpecs } = artifacts;
      const manifest = [{ paths: [...files.keys()], weights: weightSpecs }];
      json = new TextEncoder().encode(
        JSON.stringify({ format: "layers-model", modelTopology, weightsManifest: manifest }),
      );
      return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: "JSON" as const } };
    }),
  );
  return { json, external: (name) => files.get(name) };
}

describe("decodeTfjs", () => {
  const sequential = (): tf.Sequential =>
    tf.sequential({
      name: "theirs",
      layers: [
        tf.layers.conv2d({
          inputShape: [11, 12, 2],
          filters: 4,
          kernelSize: 3,
          strides: 2,
          padding: "same",
          activation: "relu",
        }),
        tf.layers.maxPooling2d({ poolSize: 3, strides: 2, padding: "same" }),
        tf.layers.zeroPadding2d({
          padding: [
            [1, 0],
            [0, 2],
          ],
        }),
        tf.layers.conv2d({ filters: 3, kernelSize: [2, 3], useBias: false }),
        tf.layers.activation({ activation: "tanh" }),
        tf.layers.averagePooling2d({ poolSize: [1, 2] }),
        tf.layers.flatten(),
        tf.layers.dropout({ rate: 0.25 }),
        tf.layers.dense({ units: 6, activation: "sigmoid" }),
        tf.layers.dense({ units: 5, activation: "softmax" }),
      ],
    });

  it("reads a sequential model that TensorFlow.js saved: it answers the same", async () => {
    const model = sequential();
    const { json, external } = await saved(model);
    const decoded = decodeWeights(json, { external });
    expect(decoded.format).toBe("TensorFlow.js");
    const { model: read, parameters } = identifyWeights(decoded);
    const image = noise("image", 2 * 11 * 12);
    const logits = await ours(read!, parameters, image);
    const sum = Array.from(logits).reduce((total, logit) => total + Math.exp(logit), 0);
    expectClose(
      Array.from(logits, (logit) => Math.exp(logit) / sum),
      await theirs(model, [2, 11, 12], image),
    );
  });

  it("reads a functional model that is a chain, and refuses one that is none", async () => {
    const input = tf.input({ shape: [4, 4, 1] });
    const conv = tf.layers.conv2d({ filters: 2, kernelSize: 3 }).apply(input) as tf.SymbolicTensor;
    const pooled = tf.layers.globalAveragePooling2d({ dataFormat: "channelsLast" }).apply(conv) as tf.SymbolicTensor;
    const dense = tf.layers.dense({ units: 3 });
    const chain = tf.model({ inputs: input, outputs: dense.apply(pooled) as tf.SymbolicTensor });
    const { json, external } = await saved(chain);
    const { model, parameters } = identifyWeights(decodeTfjs(json, { external }));
    const image = noise("image", 16);
    expectClose(await ours(model!, parameters, image), await theirs(chain, [1, 4, 4], image));

    const twice = tf.layers.add().apply([conv, conv]) as tf.SymbolicTensor;
    const flat = tf.layers.flatten().apply(twice) as tf.SymbolicTensor;
    const branched = await saved(tf.model({ inputs: input, outputs: flat }));
    expect(() => decodeTfjs(branched.json, branched)).toThrow(/\(Add\) of the model\.json takes what the layer before/);
  });

  it("widens quantized weights", () => {
    const layer = { class_name: "Dense", config: { name: "fc", units: 2, use_bias: true, activation: "linear" } };
    const images = { class_name: "InputLayer", config: { name: "in", batch_input_shape: [null, 1, 1, 2] } };
    const flat = { class_name: "Flatten", config: { name: "flat" } };
    const weights = [
      { name: "fc/kernel", shape: [2, 2], dtype: "float32", quantization: { dtype: "uint8", scale: 0.5, min: -1 } },
      { name: "fc/bias", shape: [2], dtype: "float32", quantization: { dtype: "float16", original_dtype: "float32" } },
    ];
    const json = JSON.stringify({
      modelTopology: { class_name: "Sequential", config: [images, flat, layer] },
      weightsManifest: [{ paths: ["w.bin"], weights }],
    });
    const bytes = Uint8Array.of(0, 2, 4, 6, 0x00, 0x3c, 0x00, 0xc0);
    const { tensors } = decodeTfjs(new TextEncoder().encode(json), { external: () => bytes });
    expect(tensors["fc/kernel"]?.data).toEqual(Float32Array.of(-1, 0, 1, 2));
    expect(tensors["fc/bias"]?.data).toEqual(Float32Array.of(1, -2));
  });

  it.each([
    ["no JSON", "{nope, nope", /no JSON/],
    ["a graph model", '{"format": "graph-model"}', /graph model.*tfjs_layers_model/],
    ["no layers", '{"modelTopology": {}, "weightsManifest": []}', /no layers/],
    ["a layer that is not here", topology("LSTM", {}), /Layer "x" \(LSTM\).*none of the layers here/],
    ["an activation that is not here", topology("Dense", { units: 2, activation: "selu" }), /activation selu/],
    ["channels first", topology("Flatten", { data_format: "channels_first" }), /channels first/],
    [
      "padding that is not of a convolution",
      topology("ZeroPadding2D", { padding: 1 }, "Flatten"),
      /only a convolution/,
    ],
    ["images of no fixed size", topology("Flatten", {}).replace("[null,4,4,1]", "[null,null,null,1]"), /fixed size/],
    [
      "a manifest without its file",
      topology("Flatten", {}).replace("[]}", '[{"paths":["a"],"weights":[]}]}'),
      /not given/,
    ],
  ])("refuses %s", (_, json, message) => {
    const bytes = new TextEncoder().encode(json);
    expect(() => decodeTfjs(bytes)).toThrow(WeightsError);
    expect(() => decodeTfjs(bytes)).toThrow(message);
  });
});

/** A model.json of two layers at most, without weights. */
function topology(kind: string, config: object, next?: string): string {
  const layers = [
    { class_name: "InputLayer", config: { name: "in", batch_input_shape: [null, 4, 4, 1] } },
    { class_name: kind, config: { name: "x", ...config } },
    ...(next ? [{ class_name: next, config: { name: "y" } }] : []),
  ];
  return JSON.stringify({ modelTopology: { class_name: "Sequential", config: { layers } }, weightsManifest: [] });
}

describe("encodeTfjs", () => {
  const { conv2d, relu, lrn, maxPool, adaptiveAvgPool, flatten, dense, dropout } = layers;
  const model = defineModel({
    name: "towers",
    inputShape: [2, 12, 12],
    layers: [
      conv2d("conv1", { filters: 4, kernel: 3, padding: [1, 0, 2, 1], groups: 2 }),
      relu("relu1"),
      lrn("norm1", { size: 3, k: 2, alpha: 0.5, groups: 2 }),
      maxPool("pool1", { window: 3, stride: 2 }),
      conv2d("conv2", { filters: 6, kernel: 2, groups: 2, bias: false }),
      adaptiveAvgPool("pool2", { outputSize: [5, 2] }),
      flatten("flatten"),
      dense("fc3", { units: 5 }),
      dropout("drop3"),
      dense("fc4", { units: 3, bias: false }),
    ],
  });
  const parameters = initialParameters(model, 3);

  async function loaded(softmax = false): Promise<tf.LayersModel> {
    const { json, weights, weightsName } = encodeTfjs(model, parameters, { softmax });
    const { modelTopology, weightsManifest } = JSON.parse(json);
    expect(weightsManifest[0].paths).toEqual([weightsName]);
    const weightData = new Uint8Array(Buffer.concat(weights)).buffer;
    return tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs: weightsManifest[0].weights, weightData }));
  }

  it("is loaded by tf.loadLayersModel, and answers the same", async () => {
    const image = noise("image", 2 * 12 * 12);
    const expected = await ours(model, parameters, image);
    expectClose(await theirs(await loaded(), model.inputShape, image), expected);
    const probabilities = await theirs(await loaded(true), model.inputShape, image);
    expect(Array.from(probabilities).reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 5);
  });

  it("is read again as the same model with the same weights, and with what was said of it", () => {
    const preprocessing = { range: 255, mean: [1, 2] } as const;
    const encoded = encodeTfjs(model, parameters, { preprocessing, metadata: { classes: '["a"]' } });
    const weights = Buffer.concat(encoded.weights);
    const decoded = decodeTfjs(new TextEncoder().encode(encoded.json), { external: () => weights });
    const { model: read, parameters: found, preprocessing: said } = identifyWeights(decoded);
    expect(read).toEqual(model);
    expect(found).toEqual(parameters);
    expect(said).toEqual(preprocessing);
    expect(decoded.metadata.classes).toBe('["a"]');
  });

  it("refuses what TensorFlow.js has no layer for", () => {
    const padded = defineModel({
      name: "padded",
      inputShape: [1, 4, 4],
      layers: [maxPool("pool", { window: 2, padding: 1 }), flatten("flatten")],
    });
    expect(() => encodeTfjs(padded, {})).toThrow(/Layer "pool" \(maxPool\) has padding/);
    const uneven = defineModel({
      name: "uneven",
      inputShape: [1, 5, 5],
      layers: [adaptiveAvgPool("pool", { outputSize: 2 }), flatten("flatten")],
    });
    expect(() => encodeTfjs(uneven, {})).toThrow(/Layer "pool".*windows of several sizes/);
    expect(() => encodeTfjs(alexnet2012(), {})).toThrow(/lack "conv1\.weight"/);
  });
});
