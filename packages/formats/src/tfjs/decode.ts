import {
  defineModel,
  type Layer,
  type Model,
  layers as make,
  parseModel,
  type Shape,
  WeightsError,
} from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";
import { type Budget, budgetFor } from "../binary/budget.js";
import { field } from "../json.js";
import { kerasLayout } from "../layouts/families.js";
import { definitionKey } from "../metadata.js";
import { samePadding } from "../networks/pooling.js";
import { trackedLayers } from "../networks/tracked.js";
import type { ExternalData } from "../onnx/constant.js";
import { parsePreprocessing } from "../preprocessing.js";
import { type DecodedWeights, type StoredTensor, sorted } from "../weights.js";
import { diagonalBlocks } from "./groups.js";
import { readManifest } from "./manifest.js";

type Pair = readonly [height: number, width: number];
type Sides = readonly [top: number, left: number, bottom: number, right: number];

/**
 * Reads a layers model of TensorFlow.js, `model.json`, with the files of its weights, which `external` gives by the names that it
 * has for them: a chain of Conv2D, Dense, Activation, ReLU, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D,
 * ZeroPadding2D before a convolution, Flatten, Dropout and LocalResponseNormalization (`encodeTfjs`), images channels last. A
 * softmax at the end is left out. Weights that were quantized are widened.
 *
 * Throws `WeightsError` for a damaged model, one of graphs (`tf.GraphModel`), and for the first layer that is not here, which it
 * names.
 */
export function decodeTfjs(bytes: Uint8Array, options: { readonly external?: ExternalData } = {}): DecodedWeights {
  const json = parsed(bytes);
  if (field(json, "format") === "graph-model") {
    throw new WeightsError(
      "This is a graph model of TensorFlow.js. Convert to a layers model: --output_format tfjs_layers_model.",
    );
  }
  // The files beside it count too: it is small without them.
  const files = options.external ?? (() => undefined);
  const budget = budgetFor(bytes.byteLength + fileBytes(json, files));
  const found = readManifest(field(json, "weightsManifest"), files, budget);
  const own = field(json, "userDefinedMetadata");
  const described = field(own, definitionKey);
  const model = typeof described === "string" ? parseModel(described) : modelOf(json, found);
  const preprocessing = parsePreprocessing(String(field(own, "preprocessing")));
  const weights = [...found].map(([name, weight]) => [shortName(name), weight] as const);
  return {
    ...sorted(withGroups(model, weights, budget)),
    metadata: textsOf(own),
    network: { model, layout: kerasLayout(model.name), ...(preprocessing && { preprocessing }) },
  };
}

function parsed(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new WeightsError(`The model.json is no JSON: ${messageOf(cause)}`, { cause });
  }
}

function fileBytes(json: unknown, files: ExternalData): number {
  const manifest = field(json, "weightsManifest");
  const groups = Array.isArray(manifest) ? manifest : [];
  const paths = groups.flatMap((group) => field(group, "paths") ?? []);
  return [...new Set(paths.map(String))].reduce((sum, path) => sum + (files(path)?.byteLength ?? 0), 0);
}

/** The free text of the file, but for what is read of it. */
function textsOf(own: unknown): Readonly<Record<string, string>> {
  const entries = typeof own === "object" && own !== null ? Object.entries(own) : [];
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => entry[0] !== definitionKey && typeof entry[1] === "string"),
  );
}

/** A weight's name with that of its layer, `conv1/kernel`: programs put more in front, and TensorFlow a number behind. */
function shortName(name: string): string {
  return name.replace(/:0$/, "").split("/").slice(-2).join("/");
}

/** Filters of groups are read off the diagonal where they were written for programs without groups. */
function withGroups(
  model: Model,
  weights: readonly (readonly [string, StoredTensor])[],
  budget: Budget,
): readonly (readonly [string, StoredTensor])[] {
  const groups = new Map(
    model.layers.map(({ name, ...layer }) => [`${name}/kernel`, "groups" in layer ? layer.groups : 1]),
  );
  return weights.map(([name, { type, tensor }]) => {
    const count = groups.get(name) ?? 1;
    return [name, { type, tensor: tensor && count > 1 ? diagonalBlocks(tensor, count, budget) : tensor }] as const;
  });
}

function modelOf(json: unknown, weights: ReadonlyMap<string, StoredTensor>): Model {
  const topology = field(json, "modelTopology");
  const root = field(topology, "model_config") ?? topology;
  const config = field(root, "config");
  const listed = Array.isArray(config) ? config : field(config, "layers");
  if (!Array.isArray(listed))
    throw new WeightsError("The model.json has no layers: it is no layers model of TensorFlow.js.");
  const inputShape = inputShapeOf(listed);
  const tracked = trackedLayers(inputShape);
  const names = new Set([...weights.keys()].map(shortName));
  const state: State = { shape: () => tracked.shape(), padding: [0, 0, 0, 0], previous: undefined, names };
  for (const described of listed) {
    for (const layer of layersOf(described, state)) tracked.add(layer);
  }
  const name = field(config, "name");
  return defineModel({ name: typeof name === "string" ? name : "keras", inputShape, layers: tracked.layers });
}

function inputShapeOf(listed: readonly unknown[]): readonly [channels: number, height: number, width: number] {
  const config = field(listed[0], "config");
  const shape = field(config, "batch_input_shape") ?? field(config, "batch_shape");
  const [, height, width, channels, ...more] = Array.isArray(shape) ? shape : [];
  if (!isCount(height) || !isCount(width) || !isCount(channels) || more.length > 0) {
    throw new WeightsError(
      "The first layer of the model.json must take images [null, height, width, channels] of a fixed size.",
    );
  }
  return [channels, height, width];
}

interface State {
  /** Of one image, after the layers so far. */
  readonly shape: () => Shape;
  /** What the next convolution pads, beside its own. */
  padding: Sides;
  /** Name of the layer before, in a model whose layers say what they take. */
  previous: string | undefined;
  readonly names: ReadonlySet<string>;
}

function layersOf(described: unknown, state: State): readonly Layer[] {
  const kind = String(field(described, "class_name"));
  const config = field(described, "config");
  const name = String(field(config, "name"));
  const refuse = (what: string): WeightsError =>
    new WeightsError(`Layer ${JSON.stringify(name)} (${kind}) of the model.json ${what}.`);
  checkChain(described, state.previous, refuse);
  state.previous = name;
  const number = (key: string, otherwise?: number): number => {
    const value = field(config, key) ?? otherwise;
    if (typeof value !== "number") throw refuse(`has no number ${key}`);
    return value;
  };
  const pair = (key: string, otherwise?: number): Pair => {
    const value = field(config, key) ?? otherwise;
    const [height, width = height, ...more] = Array.isArray(value) ? value : [value];
    if (!isCount(height) || !isCount(width) || more.length > 0) throw refuse(`has no two numbers ${key}`);
    return [height, width];
  };
  const padded = (window: Pair, stride: Pair): Sides => {
    const [, height = 1, width = 1] = state.shape();
    return field(config, "padding") === "same" ? samePadding([height, width], window, stride) : [0, 0, 0, 0];
  };
  const isFirst = field(config, "data_format") === "channels_first";
  if (isFirst) throw refuse("has its channels first");
  const { padding } = state;
  if (kind !== "Conv2D" && kind !== "ZeroPadding2D" && padding.some((side) => side > 0)) {
    throw refuse("comes after a ZeroPadding2D, which only a convolution may");
  }
  const biased = field(config, "use_bias") !== false && state.names.has(`${name}/bias`);
  const noBias = { ...(!biased && { bias: false as const }) };
  const activated = (layer: Layer): readonly Layer[] => [
    layer,
    ...activationOf(`${name}_activation`, field(config, "activation"), refuse),
  ];
  switch (kind) {
    case "InputLayer":
      return [];
    case "Conv2D": {
      const [kernel, stride, dilation] = [pair("kernel_size"), pair("strides", 1), pair("dilation_rate", 1)];
      const reach: Pair = [(kernel[0] - 1) * dilation[0] + 1, (kernel[1] - 1) * dilation[1] + 1];
      const own = padded(reach, stride);
      state.padding = [0, 0, 0, 0];
      const sides: Sides = [own[0] + padding[0], own[1] + padding[1], own[2] + padding[2], own[3] + padding[3]];
      const groups = number("groups", 1);
      return activated(
        make.conv2d(name, { filters: number("filters"), kernel, stride, dilation, padding: sides, groups, ...noBias }),
      );
    }
    case "Dense":
      return activated(make.dense(name, { units: number("units"), ...noBias }));
    case "MaxPooling2D": {
      const window = pair("pool_size", 2);
      const stride = field(config, "strides") == null ? window : pair("strides");
      return [make.maxPool(name, { window, stride, padding: padded(window, stride) })];
    }
    case "AveragePooling2D": {
      const window = pair("pool_size", 2);
      const stride = field(config, "strides") == null ? window : pair("strides");
      if (padded(window, stride).some((side) => side > 0)) throw refuse("averages over the border of the image");
      return [make.avgPool(name, { window, stride })];
    }
    case "GlobalAveragePooling2D":
      return [make.adaptiveAvgPool(name, { outputSize: 1 }), make.flatten(`${name}_flatten`)];
    case "ZeroPadding2D": {
      const sides = zeroPadding(field(config, "padding") ?? 1);
      if (!sides) throw refuse("has no padding of four sides");
      state.padding = [sides[0] + padding[0], sides[1] + padding[1], sides[2] + padding[2], sides[3] + padding[3]];
      return [];
    }
    case "Flatten":
      return state.shape().length === 1 ? [] : [make.flatten(name)];
    case "Dropout":
      return [make.dropout(name, { rate: number("rate") })];
    case "Activation":
      return activationOf(name, field(config, "activation"), refuse);
    case "ReLU":
      if ((field(config, "max_value") ?? null) !== null) throw refuse("has a largest value");
      return [make.relu(name)];
    case "Softmax":
      return [];
    case "LocalResponseNormalization": {
      const [size, k, alpha, beta, groups] = [
        number("size"),
        number("k"),
        number("alpha"),
        number("beta"),
        number("groups", 1),
      ];
      return [make.lrn(name, { size, k, alpha, beta, groups })];
    }
  }
  throw refuse("is none of the layers here");
}

/** What a functional model's layer takes must be the layer before it. */
function checkChain(described: unknown, previous: string | undefined, refuse: (what: string) => WeightsError): void {
  const nodes = field(described, "inbound_nodes");
  if (!Array.isArray(nodes) || nodes.length === 0) return;
  const [call, ...others] = nodes;
  const [from, ...more] = Array.isArray(call) ? call : [];
  // Keras 3 has an object with more inside of it than the name.
  const isPrevious = Array.isArray(from)
    ? from[0] === previous
    : JSON.stringify(call).includes(JSON.stringify(previous ?? ""));
  if (others.length > 0 || more.length > 0 || !isPrevious) {
    throw refuse("takes what the layer before it does not give: models here are chains");
  }
}

function activationOf(name: string, activation: unknown, refuse: (what: string) => WeightsError): readonly Layer[] {
  switch (activation) {
    case undefined:
    case null:
    case "linear":
    case "softmax":
      return [];
    case "relu":
      return [make.relu(name)];
    case "sigmoid":
      return [make.sigmoid(name)];
    case "tanh":
      return [make.tanh(name)];
  }
  throw refuse(`has the activation ${String(activation)}, which is not here`);
}

function zeroPadding(value: unknown): Sides | undefined {
  const [vertical, horizontal = vertical] = Array.isArray(value) ? value : [value];
  const [top, bottom = top] = Array.isArray(vertical) ? vertical : [vertical];
  const [left, right = left] = Array.isArray(horizontal) ? horizontal : [horizontal];
  const sides = [top, left, bottom, right].map(Number);
  return sides.every((side) => Number.isSafeInteger(side) && side >= 0)
    ? [sides[0]!, sides[1]!, sides[2]!, sides[3]!]
    : undefined;
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value > 0;
}
