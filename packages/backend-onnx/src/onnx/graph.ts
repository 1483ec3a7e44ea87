import type { Shape } from "@alexnet/core";

/** Element types used here, with their numbers in ONNX's `TensorProto.DataType`. */
export const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7, bool: 9 } as const;

export type ElementType = keyof typeof elementTypes;

/** `[]` is a scalar; a string is an axis whose extent is known only when the graph runs, `""` one without a name. */
export type OnnxShape = readonly (number | string)[];

/**
 * What `Reshape` finds out for itself: an axis that follows from the others and the input. That of the batch is left to
 * it, for where ONNX Runtime knows shapes, it plans ahead which values take the place of others, and keeps the place until
 * the last of them is gone, be that from the forward pass to the backward pass.
 */
export const OPEN_EXTENT = -1;

export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: OnnxShape;
}

export interface Initializer {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: Shape;
  readonly bytes: Uint8Array;
}

/** A whole number, a list of them, a text, a number with a fraction, or the body of a loop. */
export type Attribute = number | readonly number[] | string | { readonly float: number } | OnnxGraph;

export interface OnnxNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** The value it helps to make, where it is one of many. */
  readonly for?: string;
}

/** An ONNX graph as data (onnx.ai/onnx/repo-docs/IR.html). */
export interface OnnxGraph {
  readonly name: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: readonly Initializer[];
  readonly nodes: readonly OnnxNode[];
}

/** Writes a graph node by node. */
export interface GraphBuilder {
  input(value: OnnxValue): void;
  output(value: OnnxValue): void;
  /** Appends a node with one output and returns its name: `name`, or one made from the operator, which begins with `~`. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
    name?: string,
  ): string;
  /** Appends a node with several outputs, whose names are given. */
  nodeWithOutputs(
    operator: string,
    inputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>>,
    outputs: readonly string[],
  ): void;
  /** Says for which value the nodes are that `write` appends. */
  nodesFor(value: string, write: () => void): void;
  /** A constant number, shared with every other use of it. */
  number(value: number): string;
  /** A constant list of whole numbers, shared with every other use of it. */
  integers(values: readonly number[], shape?: Shape, type?: "int32" | "int64"): string;
  /** A constant tensor. */
  constant(data: Float32Array, shape: Shape): string;
  build(): OnnxGraph;
}

export function graphBuilder(name: string): GraphBuilder {
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const nodes: OnnxNode[] = [];
  const initializers: Initializer[] = [];
  const shared = new Map<string, string>();
  let made = 0;
  let purpose: Pick<OnnxNode, "for"> = {};

  function initializer(type: ElementType, shape: Shape, data: Float32Array | Int32Array | BigInt64Array): string {
    const constant = `~constant/${initializers.length}`;
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    initializers.push({ name: constant, type, shape, bytes });
    return constant;
  }

  function once(key: string, make: () => string): string {
    const existing = shared.get(key);
    if (existing !== undefined) return existing;
    const constant = make();
    shared.set(key, constant);
    return constant;
  }

  return {
    input: (value) => void inputs.push(value),
    output: (value) => void outputs.push(value),
    node(operator, operands, attributes = {}, output = `~${operator}/${made++}`) {
      nodes.push({ operator, inputs: operands, outputs: [output], attributes, ...purpose });
      return output;
    },
    nodeWithOutputs(operator, operands, attributes, results) {
      nodes.push({ operator, inputs: operands, outputs: results, attributes, ...purpose });
    },
    nodesFor(value, write) {
      const before = purpose;
      purpose = { for: value };
      write();
      purpose = before;
    },
    number: (value) => once(`number ${value}`, () => initializer("float32", [], Float32Array.of(value))),
    integers: (values, shape = [values.length], type = "int64") =>
      once(`${type} ${shape.join()}:${values.join()}`, () =>
        initializer(type, shape, type === "int64" ? BigInt64Array.from(values, BigInt) : Int32Array.from(values)),
      ),
    constant: (data, shape) => initializer("float32", shape, data),
    build: () => ({ name, inputs, outputs, initializers, nodes }),
  };
}

/** The graph with some of its inputs replaced by constants. */
export function withConstants(graph: OnnxGraph, values: ReadonlyMap<string, Float32Array | Uint8Array>): OnnxGraph {
  const constants = graph.inputs.flatMap(({ name, type, shape }): readonly Initializer[] => {
    const data = values.get(name);
    if (!data) return [];
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    // Extents left open are those of batches, and no constant has one.
    return [{ name, type, shape: shape as Shape, bytes }];
  });
  return {
    ...graph,
    inputs: graph.inputs.filter(({ name }) => !values.has(name)),
    initializers: [...graph.initializers, ...constants],
  };
}
