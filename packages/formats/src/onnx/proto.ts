import { WeightsError } from "@alexnet/core";
import type { Budget } from "../binary/budget.js";
import { readMessage } from "../protobuf/read-message.js";
import { type Constant, type ExternalData, readEntry, readTensor } from "./constant.js";

/** What a node may be told. */
export type Attribute = number | string | readonly number[] | Constant;

/** A node of a graph. */
export interface OnnxNode {
  readonly name: string;
  readonly kind: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: ReadonlyMap<string, Attribute>;
}

/** A value that is given from outside. */
export interface OnnxInput {
  readonly name: string;
  /** `undefined` for an extent that is not fixed. */
  readonly shape: readonly (number | undefined)[];
}

/** A graph (`GraphProto` of onnx.proto). */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly constants: ReadonlyMap<string, Constant>;
  readonly inputs: readonly OnnxInput[];
  readonly outputs: readonly string[];
}

/** Reads a `ModelProto` (field numbers: onnx/onnx.proto, IR version 3 to 13). Throws `WeightsError` for a damaged one. */
export function readOnnx(
  bytes: Uint8Array,
  budget: Budget,
  external: ExternalData,
): { readonly graph: OnnxGraph; readonly metadata: Readonly<Record<string, string>> } {
  let graph: OnnxGraph | undefined;
  const metadata = new Map<string, string>();
  readMessage(bytes, "The ONNX model", {
    7: (field) => {
      graph = readGraph(field.bytes(), budget, external);
    },
    14: (field) => readEntry(field.bytes(), metadata),
  });
  if (!graph) throw new WeightsError("The ONNX model has no graph: the file is truncated, or none.");
  return { graph, metadata: Object.fromEntries(metadata) };
}

function readGraph(bytes: Uint8Array, budget: Budget, external: ExternalData): OnnxGraph {
  let name = "";
  const nodes: OnnxNode[] = [];
  const constants = new Map<string, Constant>();
  const inputs: OnnxInput[] = [];
  const outputs: string[] = [];
  readMessage(bytes, "The graph of the ONNX model", {
    1: (field) => nodes.push(readNode(field.bytes(), budget, external)),
    2: (field) => {
      name = field.text();
    },
    5: (field) => {
      const { name: constant, value } = readTensor(field.bytes(), budget, external);
      constants.set(constant, value);
    },
    11: (field) => inputs.push(readValue(field.bytes())),
    12: (field) => outputs.push(readValue(field.bytes()).name),
  });
  return { name, nodes, constants, inputs: inputs.filter((input) => !constants.has(input.name)), outputs };
}

function readNode(bytes: Uint8Array, budget: Budget, external: ExternalData): OnnxNode {
  const node = { name: "", kind: "", domain: "" };
  const [inputs, outputs]: [string[], string[]] = [[], []];
  const attributes = new Map<string, Attribute>();
  readMessage(bytes, "A node of the ONNX model", {
    1: (field) => inputs.push(field.text()),
    2: (field) => outputs.push(field.text()),
    3: (field) => {
      node.name = field.text();
    },
    4: (field) => {
      node.kind = field.text();
    },
    5: (field) => {
      const [name, value] = readAttribute(field.bytes(), budget, external);
      if (value !== undefined) attributes.set(name, value);
    },
    7: (field) => {
      node.domain = field.text();
    },
  });
  return { ...node, inputs, outputs, attributes };
}

function readAttribute(
  bytes: Uint8Array,
  budget: Budget,
  external: ExternalData,
): readonly [name: string, value: Attribute | undefined] {
  let name = "";
  let value: Attribute | undefined;
  const ints: number[] = [];
  const floats: Float32Array[] = [];
  readMessage(bytes, "An attribute of the ONNX model", {
    1: (field) => {
      name = field.text();
    },
    2: (field) => {
      value = field.float();
    },
    3: (field) => {
      value = field.int();
    },
    4: (field) => {
      value = new TextDecoder().decode(field.bytes());
    },
    5: (field) => {
      value = readTensor(field.bytes(), budget, external).value;
    },
    7: (field) => field.floats(floats),
    8: (field) => field.ints(ints),
  });
  if (ints.length > 0) return [name, ints];
  if (floats.length > 0) return [name, floats.flatMap((values) => Array.from(values.subarray(0, 64)))];
  return [name, value];
}

function readValue(bytes: Uint8Array): OnnxInput {
  let name = "";
  const shape: (number | undefined)[] = [];
  readMessage(bytes, "A value of the ONNX model", {
    1: (field) => {
      name = field.text();
    },
    2: (type) =>
      readMessage(type.bytes(), "A type of the ONNX model", {
        1: (tensor) =>
          readMessage(tensor.bytes(), "A type of the ONNX model", {
            2: (dims) =>
              readMessage(dims.bytes(), "A shape of the ONNX model", {
                1: (dim) => {
                  let extent: number | undefined;
                  readMessage(dim.bytes(), "A shape of the ONNX model", {
                    1: (value) => {
                      extent = value.int();
                    },
                  });
                  shape.push(extent);
                },
              }),
          }),
      }),
  });
  return { name, shape };
}
