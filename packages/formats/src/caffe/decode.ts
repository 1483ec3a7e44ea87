import {
  defineModel,
  type Layer,
  type Model,
  layers as make,
  type Preprocessing,
  sizeOf,
  type Tensor,
  type TensorMap,
  WeightsError,
} from "@alexnet/core";
import { caffeLayout } from "../layouts/families.js";
import { decimalOf } from "../networks/decimal.js";
import { roundedUp } from "../networks/pooling.js";
import { trackedLayers } from "../networks/tracked.js";
import type { DecodedWeights } from "../weights.js";
import { type Blob, type CaffeLayer, type CaffeNet, readNet } from "./net.js";
import { parsePrototxt } from "./prototxt.js";

/** Layers that give the images, and layers that only judge the answer: neither is part of the model. */
const inputTypes: ReadonlySet<string> = new Set([
  "Input",
  "Data",
  "DummyData",
  "HDF5Data",
  "ImageData",
  "MemoryData",
  "WindowData",
]);
const endTypes: ReadonlySet<string> = new Set(["Softmax", "SoftmaxWithLoss", "Accuracy", "Split", "Silence"]);

/**
 * Reads a `.caffemodel`, of the layout that Caffe has had since 2014 or of the one before. The net is in it; `prototxt`, the text
 * of a `deploy.prototxt`, says it instead, which a file needs that does not tell the size of its images. Only chains of layers
 * that there are here make a model. Tensors have Caffe's names and order, `conv1/0` for weights and `conv1/1` for biases, and
 * colors blue first: `identifyWeights` puts them in ours.
 *
 * Throws `WeightsError` for a damaged file, and for a layer that is not here, which it names.
 */
export function decodeCaffe(bytes: Uint8Array, options: { readonly prototxt?: string } = {}): DecodedWeights {
  const trained = readNet(bytes);
  const net = options.prototxt === undefined ? trained : parsePrototxt(options.prototxt);
  const tensors: [string, Tensor][] = [];
  for (const { name, blobs } of trained.layers) {
    blobs.forEach((blob, index) => {
      tensors.push([`${name}/${index}`, tensorOf(blob, `${name}/${index}`)]);
    });
  }
  if (tensors.length === 0)
    throw new WeightsError("The Caffe model holds no weights: it is a description, or no model.");
  const named = Object.fromEntries(tensors);
  const model = modelOf(net, named);
  const preprocessing = preprocessingOf(trained);
  return {
    tensors: named,
    types: Object.fromEntries(
      tensors.map(([name, { data }]) => [name, data instanceof Float64Array ? "float64" : "float32"]),
    ),
    skipped: {},
    metadata: trained.name === "" ? {} : { name: trained.name },
    ...(model && { network: { model, layout: caffeLayout(model.name), preprocessing } }),
  };
}

/** A blob without the axes of one element that old files put in front: `[1, 1, 1, 96]` is a bias. */
function tensorOf({ shape, data }: Blob, name: string): Tensor {
  const size = sizeOf(shape);
  if (size !== data.length) {
    throw new WeightsError(
      `The blob ${JSON.stringify(name)} of shape [${shape.join(", ")}] holds ${size} values; got ${data.length}.`,
    );
  }
  const isLegacy = shape.length === 4 && shape[0] === 1 && shape[1] === 1;
  if (!isLegacy) return { shape, data };
  return { shape: shape[2] === 1 && !name.endsWith("/0") ? [shape[3]!] : [shape[2]!, shape[3]!], data };
}

/** The net as a model; `undefined` where the file does not tell the size of the images and no layer of ours. */
function modelOf(net: CaffeNet, tensors: TensorMap): Model | undefined {
  const size = inputSizeOf(net);
  if (!size) return undefined;
  const first = net.layers.find(({ type }) => type === "Convolution");
  const group = first ? setting(first, "convolution_param", "group", 1) : 1;
  const channels = size.channels ?? (tensors[`${first?.name}/0`]?.shape[1] ?? 3) * group;
  const tracked = trackedLayers([channels, size.height, size.width]);
  let top: string | undefined;
  for (const layer of net.layers) {
    if (layer.trainingOnly || inputTypes.has(layer.type)) continue;
    if (endTypes.has(layer.type)) continue;
    if (top !== undefined && (layer.bottom.length !== 1 || layer.bottom[0] !== top)) {
      throw new WeightsError(
        `Layer ${JSON.stringify(layer.name)} (${layer.type}) takes ${JSON.stringify(layer.bottom)}, and the layer before it ` +
          `gives ${JSON.stringify(top)}: models here are chains of layers.`,
      );
    }
    [top] = layer.top;
    if (layer.type === "InnerProduct" && tracked.shape().length === 3) tracked.add(make.flatten("flatten"));
    tracked.add(layerOf(layer, tracked.shape(), tensors));
  }
  return defineModel({
    name: net.name || "caffe",
    inputShape: [channels, size.height, size.width],
    layers: tracked.layers,
  });
}

function inputSizeOf(net: CaffeNet): { channels?: number; height: number; width: number } | undefined {
  const input = net.layers.find(({ type }) => type === "Input");
  const shape = net.inputShape.length > 0 ? net.inputShape : input?.settings.input_param?.shape?.map(Number);
  if (shape?.length === 4) {
    const [, channels, height, width] = shape;
    return { channels: channels!, height: height!, width: width! };
  }
  const crop = net.layers.map((layer) => setting(layer, "transform_param", "crop_size", 0)).find((size) => size > 0);
  return crop === undefined ? undefined : { height: crop, width: crop };
}

function layerOf(layer: CaffeLayer, shape: readonly number[], tensors: TensorMap): Layer {
  const { name, type } = layer;
  const bias = { ...(Object.hasOwn(tensors, `${name}/1`) ? {} : { bias: false as const }) };
  switch (type) {
    case "Convolution":
      return make.conv2d(name, {
        filters: setting(layer, "convolution_param", "num_output"),
        kernel: pair(layer, "convolution_param", "kernel_size", "kernel"),
        stride: pair(layer, "convolution_param", "stride", "stride", 1),
        padding: pair(layer, "convolution_param", "pad", "pad", 0),
        dilation: pair(layer, "convolution_param", "dilation", "dilation", 1),
        groups: setting(layer, "convolution_param", "group", 1),
        ...bias,
      });
    case "InnerProduct":
      refuse(layer, setting(layer, "inner_product_param", "axis", 1) !== 1, "an axis other than 1");
      refuse(layer, setting(layer, "inner_product_param", "transpose", 0) !== 0, "transposed weights");
      return make.dense(name, { units: setting(layer, "inner_product_param", "num_output"), ...bias });
    case "ReLU":
      refuse(layer, setting(layer, "relu_param", "negative_slope", 0) !== 0, "a negative slope");
      return make.relu(name);
    case "Sigmoid":
      return make.sigmoid(name);
    case "TanH":
      return make.tanh(name);
    case "LRN": {
      refuse(layer, setting(layer, "lrn_param", "norm_region", 0) !== 0, "normalization within channels");
      const size = setting(layer, "lrn_param", "local_size", 5);
      return make.lrn(name, {
        size,
        // Caffe divides alpha by the number of channels, the paper does not.
        alpha: decimalOf(setting(layer, "lrn_param", "alpha", 1)) / size,
        beta: decimalOf(setting(layer, "lrn_param", "beta", 0.75)),
        k: decimalOf(setting(layer, "lrn_param", "k", 1)),
      });
    }
    case "Pooling":
      return poolingOf(layer, shape);
    case "Dropout":
      return make.dropout(name, { rate: decimalOf(setting(layer, "dropout_param", "dropout_ratio", 0.5)) });
    case "Flatten":
      return make.flatten(name);
  }
  throw new WeightsError(
    `Layer ${JSON.stringify(name)} of the Caffe model is ${type || "of no type"}, which is none of the layers here.`,
  );
}

function poolingOf(layer: CaffeLayer, [, height = 1, width = 1]: readonly number[]): Layer {
  const { name } = layer;
  const kind = setting(layer, "pooling_param", "pool", 0);
  refuse(layer, kind > 1, "stochastic pooling");
  const isGlobal = setting(layer, "pooling_param", "global_pooling", 0) === 1;
  const window = isGlobal ? ([height, width] as const) : pair(layer, "pooling_param", "kernel_size", "kernel");
  const stride = pair(layer, "pooling_param", "stride", "stride", 1);
  const [vertical, horizontal] = pair(layer, "pooling_param", "pad", "pad", 0);
  const floor = setting(layer, "pooling_param", "round_mode", 0) === 1;
  const given = [vertical, horizontal, vertical, horizontal] as const;
  const padding = floor ? given : roundedUp([height, width], window, stride, given);
  if (kind === 0) return make.maxPool(name, { window, stride, padding });
  refuse(
    layer,
    padding.some((side) => side > 0),
    "average pooling over the border of the image",
  );
  return make.avgPool(name, { window, stride });
}

function refuse({ name, type }: CaffeLayer, isSo: boolean, what: string): void {
  if (isSo)
    throw new WeightsError(
      `Layer ${JSON.stringify(name)} (${type}) of the Caffe model has ${what}, which is not here.`,
    );
}

function setting(layer: CaffeLayer, message: string, name: string, otherwise?: number): number {
  const value = layer.settings[message]?.[name]?.[0] ?? otherwise;
  if (typeof value !== "number") {
    throw new WeightsError(`Layer ${JSON.stringify(layer.name)} (${layer.type}) of the Caffe model lacks ${name}.`);
  }
  return value;
}

/** Height and width: given once for both, for each in turn, or under names of their own. */
function pair(
  layer: CaffeLayer,
  message: string,
  name: string,
  prefix: string,
  otherwise?: number,
): readonly [height: number, width: number] {
  const values = layer.settings[message]?.[name] ?? [];
  const [height, width = height] = values.map(Number);
  if (height !== undefined && width !== undefined) return [height, width];
  const at = (side: string): number => setting(layer, message, `${prefix}_${side}`, otherwise);
  return [at("h"), at("w")];
}

/** What the net of the training did to its images, red first. */
function preprocessingOf({ layers }: CaffeNet): Preprocessing | undefined {
  const transform = layers.find(({ settings }) => settings.transform_param)?.settings.transform_param;
  const mean = transform?.mean_value?.map(Number);
  if (!mean || (mean.length !== 1 && mean.length !== 3)) return undefined;
  return {
    resizeMode: "stretch",
    range: 255,
    mean: mean.length === 1 ? [mean[0]!, mean[0]!, mean[0]!] : mean.toReversed(),
  };
}
