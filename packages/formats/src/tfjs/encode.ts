import {
  formatModel,
  type Layer,
  type Model,
  type Preprocessing,
  summarize,
  type Tensor,
  type TensorMap,
  WeightsError,
} from "@alexnet/core";
import { toLayout } from "../layouts/arrange.js";
import { kerasLayout } from "../layouts/families.js";
import { definitionKey } from "../metadata.js";
import { formatPreprocessing, preprocessingKey } from "../preprocessing.js";
import { withoutGroups } from "./groups.js";

/** A layers model of TensorFlow.js as files. */
export interface EncodedTfjs {
  /** The text of `model.json`. */
  readonly json: string;
  /** The file of the weights, `weightsName`, in chunks to be written one after the other. */
  readonly weights: readonly Uint8Array[];
  /** What `model.json` calls that file. */
  readonly weightsName: string;
}

/**
 * A model as a layers model of TensorFlow.js, which `tf.loadLayersModel` loads: images channels last, a softmax at the end only
 * where `softmax` asks for it. Filters of groups are written with zeros for the other groups' channels, since TensorFlow.js has no
 * groups. Local response normalization is none of its layers: a model with it needs `registerTfjsLayers(tf)` before it is loaded.
 *
 * Throws `WeightsError` for a layer that it cannot be written with, and for parameters that are not the model's.
 */
export function encodeTfjs(
  model: Model,
  parameters: TensorMap,
  options: {
    readonly softmax?: boolean;
    readonly preprocessing?: Preprocessing | undefined;
    readonly metadata?: Readonly<Record<string, string>>;
  } = {},
): EncodedTfjs {
  const { softmax = false, preprocessing, metadata } = options;
  const [channels, height, width] = model.inputShape;
  const input = {
    class_name: "InputLayer",
    config: { name: "images", batch_input_shape: [null, height, width, channels], dtype: "float32" },
  };
  const shapes = new Map(summarize(model).layers.map(({ name, outputShape }) => [name, outputShape] as const));
  let shape: readonly number[] = [1, ...model.inputShape];
  const layers = model.layers.flatMap((layer) => {
    const from = shape;
    shape = shapes.get(layer.name) ?? shape;
    return layersOf(layer, from);
  });
  const end = softmax ? [{ class_name: "Softmax", config: { name: "softmax", axis: -1 } }] : [];
  const weights = Object.entries(toLayout(kerasLayout(model.name), model, parameters)).map(
    ([name, tensor]): [string, Tensor] => {
      const layer = model.layers.find((candidate) => `${candidate.name}/kernel` === name);
      return [name, layer?.kind === "conv2d" && layer.groups > 1 ? withoutGroups(tensor, layer.groups) : tensor];
    },
  );
  const weightsName = "weights.bin";
  const json = {
    format: "layers-model",
    generatedBy: "@alexnet/formats",
    convertedBy: null,
    modelTopology: { class_name: "Sequential", config: { name: model.name, layers: [input, ...layers, ...end] } },
    weightsManifest: [
      {
        paths: [weightsName],
        weights: weights.map(([name, tensor]) => ({ name, shape: tensor.shape, dtype: "float32" })),
      },
    ],
    userDefinedMetadata: {
      ...metadata,
      [definitionKey]: formatModel(model),
      ...(preprocessing && { [preprocessingKey]: formatPreprocessing(preprocessing) }),
    },
  };
  return {
    json: `${JSON.stringify(json)}\n`,
    weights: weights.map(([, { data }]) => {
      const { buffer, byteOffset, byteLength } = data instanceof Float32Array ? data : Float32Array.from(data);
      return new Uint8Array(buffer, byteOffset, byteLength);
    }),
    weightsName,
  };
}

interface KerasLayer {
  readonly class_name: string;
  readonly config: Readonly<Record<string, unknown>>;
}

function layersOf(layer: Layer, [, , height = 1, width = 1]: readonly number[]): readonly KerasLayer[] {
  const { name } = layer;
  switch (layer.kind) {
    case "conv2d": {
      const { filters, kernel, stride, padding, dilation, bias } = layer;
      const [top, left, bottom, right] = padding;
      const sides = [
        [top, bottom],
        [left, right],
      ];
      const zeros = { class_name: "ZeroPadding2D", config: { name: `${name}_padding`, padding: sides } };
      const convolution = {
        class_name: "Conv2D",
        config: {
          name,
          filters,
          kernel_size: kernel,
          strides: stride,
          dilation_rate: dilation,
          padding: "valid",
          use_bias: bias !== undefined,
          activation: "linear",
          data_format: "channels_last",
        },
      };
      return padding.some((side) => side > 0) ? [zeros, convolution] : [convolution];
    }
    case "dense":
      return [
        {
          class_name: "Dense",
          config: { name, units: layer.units, use_bias: layer.bias !== undefined, activation: "linear" },
        },
      ];
    case "relu":
    case "sigmoid":
    case "tanh":
      return [{ class_name: "Activation", config: { name, activation: layer.kind } }];
    case "maxPool":
      if (layer.padding.some((side) => side > 0)) throw unwritten(layer, "padding");
      return [pooling("MaxPooling2D", layer)];
    case "avgPool":
      return [pooling("AveragePooling2D", layer)];
    case "adaptiveAvgPool": {
      const [rows, columns] = layer.outputSize;
      if (height === rows && width === columns) return [];
      if (height % rows !== 0 || width % columns !== 0) throw unwritten(layer, "windows of several sizes");
      const window = [height / rows, width / columns] as const;
      return [pooling("AveragePooling2D", { name, window, stride: window })];
    }
    case "lrn": {
      const { size, k, alpha, beta, groups } = layer;
      return [{ class_name: "LocalResponseNormalization", config: { name, size, k, alpha, beta, groups } }];
    }
    case "dropout":
      return [{ class_name: "Dropout", config: { name, rate: layer.rate } }];
    case "flatten":
      return [{ class_name: "Flatten", config: { name, data_format: "channels_last" } }];
  }
}

function pooling(
  kind: string,
  {
    name,
    window,
    stride,
  }: { readonly name: string; readonly window: readonly number[]; readonly stride: readonly number[] },
): KerasLayer {
  return {
    class_name: kind,
    config: { name, pool_size: window, strides: stride, padding: "valid", data_format: "channels_last" },
  };
}

function unwritten({ name, kind }: Layer, what: string): WeightsError {
  return new WeightsError(`Layer "${name}" (${kind}) has ${what}, which no layer of TensorFlow.js has.`);
}
