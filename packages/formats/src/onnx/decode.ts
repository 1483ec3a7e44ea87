import { defineModel, type Model, parametersOf, parseModel, WeightsError } from "@alexnet/core";
import { budgetFor } from "../binary/budget.js";
import { ownLayout } from "../layouts/families.js";
import { definitionKey } from "../metadata.js";
import { trackedLayers } from "../networks/tracked.js";
import { parsePreprocessing, preprocessingKey } from "../preprocessing.js";
import { type DecodedWeights, sorted } from "../weights.js";
import type { Constant, ExternalData } from "./constant.js";
import { biasOf, type Context, denseOf, readers } from "./layers.js";
import { isNumbers, refusal, type Weights } from "./node.js";
import { type OnnxGraph, type OnnxNode, readOnnx } from "./proto.js";

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
  return {
    ...sorted(Object.entries(constants)),
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
  const nodes = graph.nodes.filter((node) => !takeConstant(node, constants));
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

/** Whether a node is a constant, which is put with the others then: it is no link of the chain. */
function takeConstant({ kind, attributes, outputs }: OnnxNode, constants: Map<string, Constant>): boolean {
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
