import {
  defineModel,
  type Layer,
  type Model,
  layers as make,
  parametersOf,
  parseModel,
  type Tensor,
  WeightsError,
} from "@alexnet/core";
import { budgetFor } from "../binary/budget.js";
import { gather } from "../binary/strided.js";
import { ownLayout } from "../layouts/families.js";
import { definitionKey } from "../metadata.js";
import { decimalOf } from "../networks/decimal.js";
import { roundedUp, samePadding } from "../networks/pooling.js";
import { trackedLayers } from "../networks/tracked.js";
import { parsePreprocessing, preprocessingKey } from "../preprocessing.js";
import type { DecodedWeights } from "../weights.js";
import { type Attribute, type Constant, type ExternalData, type OnnxGraph, type OnnxNode, readOnnx } from "./proto.js";

type Pair = readonly [height: number, width: number];

/**
 * Reads an ONNX model that is a chain of the layers here, as PyTorch's exports of AlexNet and LeNet and the model zoo's
 * bvlc_alexnet are: Conv, Relu, Sigmoid, Tanh, LRN, MaxPool, AveragePool, GlobalAveragePool, Flatten, Reshape to vectors, Gemm,
 * MatMul with Add, Dropout, Identity, and a Softmax at the end, which is left out. Layers get names of their own, `conv1`.
 * `external` gives the files beside the model that large models keep their values in.
 *
 * Throws `WeightsError` for a damaged file, and for the first node that is no layer here, which it names.
 */
export function decodeOnnx(bytes: Uint8Array, options: { readonly external?: ExternalData } = {}): DecodedWeights {
  const { graph, metadata } = readOnnx(bytes, budgetFor(bytes.byteLength), options.external ?? (() => undefined));
  const { model, constants } = describedIn(metadata, graph) ?? chainOf(graph);
  const preprocessing = parsePreprocessing(metadata[preprocessingKey]);
  const entries = Object.entries(constants);
  return {
    tensors: Object.fromEntries(entries.map(([name, { tensor }]) => [name, tensor])),
    types: Object.fromEntries(entries.map(([name, { type }]) => [name, type])),
    skipped: {},
    metadata,
    network: { model, layout: ownLayout(model.name), ...(preprocessing && { preprocessing }) },
  };
}

/** The model that a file of ours says that it is, and its weights, which have our names there. */
function describedIn(
  metadata: Readonly<Record<string, string>>,
  graph: OnnxGraph,
): { readonly model: Model; readonly constants: Record<string, Weights> } | undefined {
  const definition = metadata[definitionKey];
  if (definition === undefined) return undefined;
  const model = parseModel(definition);
  const constants = parametersOf(model).flatMap(({ name }) => {
    const { type = "", tensor } = graph.constants.get(name) ?? {};
    return tensor ? [[name, { type, tensor }] as const] : [];
  });
  return { model, constants: Object.fromEntries(constants) };
}

function chainOf(graph: OnnxGraph): { readonly model: Model; readonly constants: Record<string, Weights> } {
  const constants = new Map(graph.constants);
  const nodes = graph.nodes.filter((node) => !isConstant(node, constants));
  const [input, ...others] = graph.inputs;
  const [, channels, height, width] = input?.shape ?? [];
  if (!input || others.length > 0 || !channels || !height || !width || input.shape.length !== 4) {
    throw new WeightsError("The ONNX model must take one batch of images [N, C, H, W] whose C, H and W are fixed.");
  }
  const tracked = trackedLayers([channels, height, width]);
  const weights: Record<string, Weights> = {};
  const name = layerNames();
  const state = { value: input.name, isAnswer: false };
  for (let at = 0; at < nodes.length; at++) {
    const node = nodes[at]!;
    if (node.inputs[0] !== state.value && node.inputs[1] !== state.value) {
      throw refusal(node, `takes ${JSON.stringify(node.inputs[0] ?? "")}, which is not what the node before it gives`);
    }
    if (state.isAnswer) throw refusal(node, "comes after the Softmax");
    [state.value = ""] = node.outputs;
    if (node.domain !== "" && node.domain !== "ai.onnx") throw refusal(node, `is of the domain ${node.domain}`);
    if (node.kind === "Softmax") {
      state.isAnswer = true;
      continue;
    }
    const context: Context = { node, shape: tracked.shape(), constants, weights, name };
    if (node.kind === "MatMul") {
      const sum = nodes[at + 1];
      const hasBias = sum?.kind === "Add" && sum.inputs.includes(state.value);
      tracked.add(
        denseOf(context, { transposed: false, bias: hasBias ? biasOf(sum, state.value, constants) : undefined }),
      );
      if (hasBias) {
        [state.value = ""] = sum.outputs;
        at++;
      }
      continue;
    }
    const read = Object.hasOwn(readers, node.kind) ? readers[node.kind] : undefined;
    if (!read) throw refusal(node, "is none of the layers here");
    for (const layer of read(context)) tracked.add(layer);
  }
  if (!graph.outputs.includes(state.value)) throw new WeightsError("The ONNX model gives what its last node does not.");
  return {
    model: defineModel({ name: graph.name || "onnx", inputShape: [channels, height, width], layers: tracked.layers }),
    constants: weights,
  };
}

/** Takes nodes that are constants, or that shape arithmetic makes of nothing but constants, out of the chain. */
function isConstant({ kind, attributes, outputs }: OnnxNode, constants: Map<string, Constant>): boolean {
  if (kind !== "Constant") return false;
  const value = attributes.get("value") ?? attributes.get("value_ints") ?? attributes.get("value_float");
  const output = outputs[0] ?? "";
  if (isNumbers(value)) constants.set(output, { type: "int64", ints: value });
  else if (typeof value === "object") constants.set(output, value);
  else if (typeof value === "number") {
    constants.set(output, { type: "float32", tensor: { shape: [], data: Float32Array.of(value) } });
  }
  return true;
}

/** Names as the zoo has them: layers with weights are numbered, and others have the number of the last of these. */
function layerNames(): (kind: string) => string {
  const taken = new Set<string>();
  let number = 0;
  return (kind) => {
    if (kind === "conv" || kind === "fc") number++;
    const wanted = kind === "flatten" ? kind : `${kind}${number}`;
    let name = wanted;
    for (let count = 2; taken.has(name); count++) name = `${wanted}_${count}`;
    taken.add(name);
    return name;
  };
}

/** A constant that is a tensor. */
type Weights = Constant & { readonly tensor: Tensor };

interface Context {
  readonly node: OnnxNode;
  /** Of one image, as it comes to the node. */
  readonly shape: readonly number[];
  readonly constants: ReadonlyMap<string, Constant>;
  /** The weights so far, by our names. */
  readonly weights: Record<string, Weights>;
  readonly name: (kind: string) => string;
}

const readers: Readonly<Record<string, (context: Context) => readonly Layer[]>> = {
  Conv: (context) => [convolutionOf(context)],
  Gemm(context) {
    const { node, constants } = context;
    for (const factor of ["alpha", "beta"]) {
      if (numberOf(node, factor, 1) !== 1) throw refusal(node, `has ${factor} ${numberOf(node, factor, 1)}, not 1`);
    }
    if (numberOf(node, "transA", 0) !== 0) throw refusal(node, "transposes its first factor");
    const [, , bias] = node.inputs;
    const layer = denseOf(context, {
      transposed: numberOf(node, "transB", 0) === 1,
      bias: bias ? weightsOf(node, bias, constants) : undefined,
    });
    return context.shape.length === 3 ? [make.flatten(context.name("flatten")), layer] : [layer];
  },
  Relu: ({ name }) => [make.relu(name("relu"))],
  Sigmoid: ({ name }) => [make.sigmoid(name("sigmoid"))],
  Tanh: ({ name }) => [make.tanh(name("tanh"))],
  LRN({ node, name }) {
    const size = numberOf(node, "size");
    const alpha = decimalOf(numberOf(node, "alpha", 1e-4)) / size;
    const [beta, k] = [decimalOf(numberOf(node, "beta", 0.75)), decimalOf(numberOf(node, "bias", 1))];
    return [make.lrn(name("norm"), { size, alpha, beta, k })];
  },
  MaxPool(context) {
    const { window, stride, padding } = poolingOf(context);
    return [make.maxPool(context.name("pool"), { window, stride, padding })];
  },
  AveragePool(context) {
    const { window, stride, padding } = poolingOf(context);
    if (padding.some((side) => side > 0)) throw refusal(context.node, "averages over the border of the image");
    if (window.every((extent) => extent === 1) && stride.every((step) => step === 1)) return [];
    return [make.avgPool(context.name("pool"), { window, stride })];
  },
  GlobalAveragePool: ({ name }) => [make.adaptiveAvgPool(name("pool"), { outputSize: 1 })],
  ReduceMean({ node, constants, name }) {
    const axes = intsOf(node, "axes", constants).map((axis) => (axis < 0 ? axis + 4 : axis));
    const areBoth = axes.length === 2 && axes.includes(2) && axes.includes(3);
    if (!areBoth || numberOf(node, "keepdims", 1) !== 1) throw refusal(node, "is no mean over height and width");
    return [make.adaptiveAvgPool(name("pool"), { outputSize: 1 })];
  },
  Flatten({ node, shape, name }) {
    if (numberOf(node, "axis", 1) !== 1) throw refusal(node, "keeps more than the first axis");
    return shape.length === 1 ? [] : [make.flatten(name("flatten"))];
  },
  Reshape({ node, shape, constants, name }) {
    const target = intsOf(node, "shape", constants);
    const features = shape.reduce((product, extent) => product * extent, 1);
    if (target.length !== 2 || (target[1] !== -1 && target[1] !== features)) {
      throw refusal(node, "does not make one vector of each image");
    }
    return shape.length === 1 ? [] : [make.flatten(name("flatten"))];
  },
  Dropout({ node, constants, name }) {
    const [, ratio] = node.inputs;
    const given = ratio ? constants.get(ratio) : undefined;
    const rate = given?.tensor ? given.tensor.data[0]! : numberOf(node, "ratio", 0.5);
    return [make.dropout(name("drop"), { rate: decimalOf(rate) })];
  },
  Identity: () => [],
};

function convolutionOf({ node, shape, constants, weights, name }: Context): Layer {
  const weight = weightsOf(node, node.inputs[1] ?? "", constants);
  const [filters = 0, , ...kernel] = weight.tensor.shape;
  if (kernel.length !== 2) throw refusal(node, `has filters of ${kernel.length} axes`);
  const layer = name("conv");
  weights[`${layer}.weight`] = weight;
  const [, , bias] = node.inputs;
  if (bias) weights[`${layer}.bias`] = weightsOf(node, bias, constants);
  const size = pairOf(kernel);
  const stride = pairAttribute(node, "strides", [1, 1]);
  const dilation = pairAttribute(node, "dilations", [1, 1]);
  const reach: Pair = [(size[0] - 1) * dilation[0] + 1, (size[1] - 1) * dilation[1] + 1];
  return make.conv2d(layer, {
    filters,
    kernel: size,
    stride,
    padding: paddingOf(node, shape, reach, stride),
    dilation,
    groups: numberOf(node, "group", 1),
    ...(!bias && { bias: false as const }),
  });
}

/** A product with a matrix of constants, `[in, out]`, or `[out, in]` where it is transposed. */
function denseOf(
  { node, constants, weights, name }: Context,
  { transposed, bias }: { readonly transposed: boolean; readonly bias: Weights | undefined },
): Layer {
  const weight = weightsOf(node, node.inputs[1] ?? "", constants);
  const { shape, data } = weight.tensor;
  const [rows, columns] = shape;
  if (rows === undefined || columns === undefined || shape.length !== 2)
    throw refusal(node, "has no matrix of weights");
  const units = transposed ? rows : columns;
  const layer = name("fc");
  weights[`${layer}.weight`] = transposed
    ? weight
    : { ...weight, tensor: { shape: [columns, rows], data: gather(data, 0, [columns, rows], [1, columns]) } };
  if (bias) {
    const { length } = bias.tensor.data;
    if (length !== units) throw refusal(node, `has a bias of ${length} values for ${units} units`);
    weights[`${layer}.bias`] = { ...bias, tensor: { shape: [units], data: bias.tensor.data } };
  }
  return make.dense(layer, { units, ...(!bias && { bias: false as const }) });
}

function biasOf(sum: OnnxNode, product: string, constants: ReadonlyMap<string, Constant>): Weights {
  return weightsOf(sum, sum.inputs.find((input) => input !== product) ?? "", constants);
}

function poolingOf({ node, shape }: Context): {
  readonly window: Pair;
  readonly stride: Pair;
  readonly padding: readonly [number, number, number, number];
} {
  const window = pairAttribute(node, "kernel_shape");
  const stride = pairAttribute(node, "strides", [1, 1]);
  if (pairAttribute(node, "dilations", [1, 1]).some((step) => step !== 1)) throw refusal(node, "is dilated");
  const given = paddingOf(node, shape, window, stride);
  const [, height = 1, width = 1] = shape;
  const isRoundedUp = numberOf(node, "ceil_mode", 0) === 1;
  return { window, stride, padding: isRoundedUp ? roundedUp([height, width], window, stride, given) : given };
}

function paddingOf(
  node: OnnxNode,
  [, height = 1, width = 1]: readonly number[],
  window: Pair,
  stride: Pair,
): readonly [number, number, number, number] {
  const automatic = node.attributes.get("auto_pad") ?? "NOTSET";
  if (automatic === "VALID") return [0, 0, 0, 0];
  if (automatic === "SAME_UPPER") return samePadding([height, width], window, stride);
  if (automatic !== "NOTSET") throw refusal(node, `is padded ${String(automatic)}`);
  const pads = node.attributes.get("pads") ?? [0, 0, 0, 0];
  if (!isNumbers(pads) || pads.length !== 4) throw refusal(node, "has no padding of four sides");
  return [pads[0]!, pads[1]!, pads[2]!, pads[3]!];
}

function pairAttribute(node: OnnxNode, name: string, otherwise?: Pair): Pair {
  const value = node.attributes.get(name) ?? otherwise;
  if (!isNumbers(value) || value.length !== 2) throw refusal(node, `has no ${name} of two numbers`);
  return pairOf(value);
}

function pairOf([height = 0, width = 0]: readonly number[]): Pair {
  return [height, width];
}

/** Whole numbers that a node is told, or takes as a constant. */
function intsOf(node: OnnxNode, attribute: string, constants: ReadonlyMap<string, Constant>): readonly number[] {
  const given = node.attributes.get(attribute) ?? constants.get(node.inputs[1] ?? "");
  if (isNumbers(given)) return given;
  return typeof given === "object" ? (given.ints ?? []) : [];
}

function isNumbers(value: Attribute | undefined): value is readonly number[] {
  return Array.isArray(value);
}

function numberOf(node: OnnxNode, name: string, otherwise?: number): number {
  const value = node.attributes.get(name) ?? otherwise;
  if (typeof value !== "number") throw refusal(node, `lacks ${name}`);
  return value;
}

function weightsOf(node: OnnxNode, name: string, constants: ReadonlyMap<string, Constant>): Weights {
  const constant = constants.get(name);
  if (!constant) throw refusal(node, `has ${JSON.stringify(name)}, which is no constant`);
  const { type, tensor } = constant;
  if (!tensor) throw refusal(node, `has ${JSON.stringify(name)} of type ${type}`);
  return { type, tensor };
}

function refusal({ name, kind, outputs }: OnnxNode, what: string): WeightsError {
  const where = name || outputs[0] || "";
  return new WeightsError(`The node ${JSON.stringify(where)} (${kind || "of no kind"}) of the ONNX model ${what}.`);
}
