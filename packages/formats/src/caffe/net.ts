import { joined } from "../binary/joined.js";
import { type Field, readMessage } from "../protobuf/read-message.js";

/** A blob of Caffe: its shape, and its values unless it is only described. */
export interface Blob {
  readonly shape: readonly number[];
  readonly data: Float32Array | Float64Array;
}

/** The settings of a layer, by the names that Caffe's schema and `.prototxt` files give them. */
export type Settings = Readonly<Record<string, readonly (number | string)[]>>;

/** A layer of a net, of whichever age the file is. */
export interface CaffeLayer {
  readonly name: string;
  /** `Convolution`, as it has been since 2014. */
  readonly type: string;
  readonly bottom: readonly string[];
  readonly top: readonly string[];
  readonly blobs: readonly Blob[];
  /** Settings by the message that they are in: `convolution_param`. */
  readonly settings: Readonly<Record<string, Settings>>;
  /** Whether it is there in training only. */
  readonly trainingOnly: boolean;
}

/** A net of Caffe (`NetParameter` of caffe.proto). */
export interface CaffeNet {
  readonly name: string;
  readonly layers: readonly CaffeLayer[];
  /** What is given from outside, and its shape where that is told. */
  readonly inputs: readonly string[];
  readonly inputShape: readonly number[];
}

/** The messages of settings that matter here: their number in a layer, in an old layer, and their fields' numbers and types. */
const settingsSchema: Readonly<
  Record<string, { readonly number: number; readonly old?: number; readonly fields: Readonly<Record<number, string>> }>
> = {
  convolution_param: {
    number: 106,
    old: 10,
    fields: {
      1: "num_output",
      2: "bias_term",
      3: "pad",
      4: "kernel_size",
      5: "group",
      6: "stride",
      9: "pad_h",
      10: "pad_w",
      11: "kernel_h",
      12: "kernel_w",
      13: "stride_h",
      14: "stride_w",
      18: "dilation",
    },
  },
  dropout_param: { number: 108, old: 12, fields: { 1: "dropout_ratio:float" } },
  inner_product_param: {
    number: 117,
    old: 17,
    fields: { 1: "num_output", 2: "bias_term", 5: "axis", 6: "transpose" },
  },
  lrn_param: {
    number: 118,
    old: 18,
    fields: { 1: "local_size", 2: "alpha:float", 3: "beta:float", 4: "norm_region", 5: "k:float" },
  },
  pooling_param: {
    number: 121,
    old: 19,
    fields: {
      1: "pool",
      2: "kernel_size",
      3: "stride",
      4: "pad",
      5: "kernel_h",
      6: "kernel_w",
      7: "stride_h",
      8: "stride_w",
      9: "pad_h",
      10: "pad_w",
      12: "global_pooling",
      13: "round_mode",
    },
  },
  relu_param: { number: 123, old: 30, fields: { 1: "negative_slope:float" } },
  transform_param: {
    number: 100,
    old: 36,
    fields: { 1: "scale:float", 3: "crop_size", 4: "mean_file:text", 5: "mean_value:float" },
  },
};

/** What the numbers of the old `V1LayerParameter.LayerType` are called today. */
const oldTypes: Readonly<Record<number, string>> = {
  1: "Accuracy",
  3: "Concat",
  4: "Convolution",
  5: "Data",
  6: "Dropout",
  8: "Flatten",
  9: "HDF5Data",
  12: "ImageData",
  14: "InnerProduct",
  15: "LRN",
  17: "Pooling",
  18: "ReLU",
  19: "Sigmoid",
  20: "Softmax",
  21: "SoftmaxWithLoss",
  22: "Split",
  23: "TanH",
  24: "WindowData",
  25: "Eltwise",
  29: "MemoryData",
  32: "DummyData",
  33: "Slice",
};

/**
 * Reads a `.caffemodel`: a `NetParameter` with layers of either age (field numbers: src/caffe/proto/caffe.proto). Throws
 * `WeightsError` for a damaged one.
 */
export function readNet(bytes: Uint8Array): CaffeNet {
  let name = "";
  const layers: CaffeLayer[] = [];
  const inputs: string[] = [];
  const inputShape: number[] = [];
  readMessage(bytes, "The Caffe model", {
    1: (field) => {
      name = field.text();
    },
    2: (field) => layers.push(readLayer(field.bytes(), true)),
    3: (field) => inputs.push(field.text()),
    4: (field) => field.ints(inputShape),
    8: (field) => inputShape.push(...readShape(field.bytes())),
    100: (field) => layers.push(readLayer(field.bytes(), false)),
  });
  return { name, layers, inputs, inputShape };
}

function readLayer(bytes: Uint8Array, isOld: boolean): CaffeLayer {
  const layer = { name: "", type: "", trainingOnly: false };
  const [bottom, top]: [string[], string[]] = [[], []];
  const blobs: Blob[] = [];
  const settings: Record<string, Settings> = {};
  const named = isOld
    ? { name: 4, type: 5, bottom: 2, top: 3, blobs: 6, include: 32, input: -1 }
    : { name: 1, type: 2, bottom: 3, top: 4, blobs: 7, include: 8, input: 143 };
  const messages = Object.entries(settingsSchema).map(([message, { number, old, fields }]) => [
    isOld ? old : number,
    (field: Field) => {
      settings[message] = readSettings(field.bytes(), message, fields);
    },
  ]);
  readMessage(bytes, "A layer of the Caffe model", {
    ...Object.fromEntries(messages),
    [named.name]: (field: Field) => {
      layer.name = field.text();
    },
    [named.type]: (field: Field) => {
      layer.type = isOld ? (oldTypes[field.int()] ?? "of a type that is no longer there") : field.text();
    },
    [named.bottom]: (field: Field) => bottom.push(field.text()),
    [named.top]: (field: Field) => top.push(field.text()),
    [named.blobs]: (field: Field) => blobs.push(readBlob(field.bytes())),
    [named.include]: (field: Field) => {
      readMessage(field.bytes(), "A rule of the Caffe model", {
        1: (phase) => {
          layer.trainingOnly = phase.int() === 0;
        },
      });
    },
    [named.input]: (field: Field) => {
      readMessage(field.bytes(), "The input of the Caffe model", {
        1: (shape) => {
          settings.input_param = { shape: readShape(shape.bytes()) };
        },
      });
    },
  });
  return { ...layer, bottom, top, blobs, settings };
}

function readSettings(bytes: Uint8Array, message: string, fields: Readonly<Record<number, string>>): Settings {
  const settings: Record<string, (number | string)[]> = {};
  const read = Object.entries(fields).map(([number, described]) => {
    const [name = "", type = "int"] = described.split(":");
    return [
      number,
      (field: Field) => {
        settings[name] ??= [];
        if (type === "text") settings[name].push(field.text());
        else if (type === "float") settings[name].push(...floatsOf(field));
        else {
          const list: number[] = [];
          field.ints(list);
          settings[name].push(...list);
        }
      },
    ] as const;
  });
  readMessage(bytes, `A ${message} of the Caffe model`, Object.fromEntries(read));
  return settings;
}

/** The floats of a field of settings, of which there are few. */
function floatsOf(field: Field): number[] {
  const list: Float32Array[] = [];
  field.floats(list);
  return list.flatMap((values) => Array.from(values.subarray(0, 16)));
}

/** Reads a `BlobProto`, of either age: with a shape of any number of axes, or with four in fields of their own. */
export function readBlob(bytes: Uint8Array): Blob {
  const shape: number[] = [];
  const legacy: (number | undefined)[] = [];
  const floats: Float32Array[] = [];
  const doubles: Float64Array[] = [];
  const extent = (axis: number) => (field: Field) => {
    legacy[axis] = field.int();
  };
  readMessage(bytes, "A blob of the Caffe model", {
    1: extent(0),
    2: extent(1),
    3: extent(2),
    4: extent(3),
    5: (field) => field.floats(floats),
    7: (field) => shape.push(...readShape(field.bytes())),
    8: (field) => field.doubles(doubles),
  });
  const data = floats.length > 0 ? joined(floats, Float32Array) : joined(doubles, Float64Array);
  return { shape: legacy.length > 0 ? Array.from({ length: 4 }, (_, axis) => legacy[axis] ?? 1) : shape, data };
}

function readShape(bytes: Uint8Array): number[] {
  const extents: number[] = [];
  readMessage(bytes, "A shape of the Caffe model", { 1: (field) => field.ints(extents) });
  return extents;
}
