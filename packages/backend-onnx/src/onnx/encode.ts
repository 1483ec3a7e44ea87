import {
  type Attribute,
  elementTypes,
  type Initializer,
  type OnnxGraph,
  type OnnxNode,
  type OnnxValue,
} from "./graph.js";
import { type Message, messageWriter, toBytes } from "./protobuf.js";

/** ONNX IR version 10 came with operator set 21 (ONNX 1.16); ONNX Runtime reads both since 1.18. */
const IR_VERSION = 10;
const OPERATOR_SET = 21;

/** Operators of ONNX Runtime itself (docs/ContribOperators.md there), in the domain that they have. */
const contributed: ReadonlySet<string> = new Set(["MatMulNBits"]);
const CONTRIBUTED_DOMAIN = "com.microsoft";

/** Between what a node is for and its position in the graph. */
const MARK = "~#";

/** AttributeProto.AttributeType. */
const attributeTypes = { float: 1, int: 2, string: 3, graph: 5, ints: 7 } as const;

/** TensorProto.DataLocation. */
const EXTERNAL = 1;

/** Bytes. Smaller constants, such as shapes, stay in the file: ONNX Runtime wants to read them before the others are there. */
const LARGE = 2 ** 16;

/** Values of constants that a file refers to by a path. */
export interface ExternalData {
  readonly path: string;
  readonly data: Uint8Array;
}

/** Free text of a file, by name (`metadata_props`). */
export type Metadata = Readonly<Record<string, string>>;

/** The graph as an ONNX file (ModelProto of onnx.proto; field numbers are from there). */
export function encodeModel(graph: OnnxGraph, metadata: Metadata = {}): Uint8Array {
  return encode(graph, inFile, metadata);
}

/** Where constants start in a file of their own: a multiple of it, so that it can be mapped. */
const ALIGNMENT = 64;

/** The graph as an ONNX file whose large constants are one after the other in a file beside it, called `location`. */
export function encodeModelAndData(
  graph: OnnxGraph,
  location: string,
  metadata: Metadata,
): { readonly model: Uint8Array; readonly data: readonly Uint8Array[] } {
  const data: Uint8Array[] = [];
  let end = 0;
  const model = encode(
    graph,
    ({ bytes }) => {
      if (bytes.length < LARGE) return undefined;
      const offset = Math.ceil(end / ALIGNMENT) * ALIGNMENT;
      data.push(new Uint8Array(offset - end), bytes);
      end = offset + bytes.length;
      return { path: location, offset };
    },
    metadata,
  );
  return { model, data };
}

/**
 * The graph as an ONNX file without its large constants, which are not copied: they are files of their own. Not so those of
 * the body of a loop, which ONNX Runtime would look for on the disk.
 */
export function encodeModelBesideData(graph: OnnxGraph): {
  readonly model: Uint8Array;
  readonly externalData: readonly ExternalData[];
} {
  const externalData: ExternalData[] = [];
  const model = encode(graph, ({ bytes }) => {
    if (bytes.length < LARGE) return undefined;
    const path = `constant ${externalData.length}`;
    externalData.push({ path, data: bytes });
    return { path };
  });
  return { model, externalData };
}

/** Where the values of a constant are, if they are not to stand in the file. */
type PlaceOf = (constant: Initializer) => Place | undefined;

interface Place {
  readonly path: string;
  /** Bytes from its start; 0 unless told. */
  readonly offset?: number;
}

const inFile: PlaceOf = () => undefined;

function encode(graph: OnnxGraph, placeOf: PlaceOf, metadata: Metadata = {}): Uint8Array {
  const model = messageWriter();
  model.int(1, IR_VERSION);
  model.bytes(2, "@alexnet/backend-onnx");
  model.message(7, encodeGraph(graph, placeOf));
  model.message(8, encodeOperatorSet("", OPERATOR_SET));
  if (graph.nodes.some(({ operator }) => contributed.has(operator))) {
    model.message(8, encodeOperatorSet(CONTRIBUTED_DOMAIN, 1));
  }
  for (const [name, text] of Object.entries(metadata)) model.message(14, encodeEntry(name, text));
  return toBytes(model.finish());
}

function encodeEntry(key: string, value: string): Message {
  const entry = messageWriter();
  entry.bytes(1, key);
  entry.bytes(2, value);
  return entry.finish();
}

function encodeOperatorSet(domain: string, version: number): Message {
  const operatorSet = messageWriter();
  operatorSet.bytes(1, domain);
  operatorSet.int(2, version);
  return operatorSet.finish();
}

function encodeGraph({ name, nodes, initializers, inputs, outputs }: OnnxGraph, placeOf: PlaceOf): Message {
  const graph = messageWriter();
  nodes.forEach((node, position) => {
    graph.message(1, encodeNode(node, position));
  });
  graph.bytes(2, name);
  for (const initializer of initializers) graph.message(5, encodeInitializer(initializer, placeOf(initializer)));
  for (const value of inputs) graph.message(11, encodeValue(value));
  for (const value of outputs) graph.message(12, encodeValue(value));
  return graph.finish();
}

function encodeInitializer({ name, type, shape, bytes }: Initializer, place: Place | undefined): Message {
  const tensor = messageWriter();
  for (const extent of shape) tensor.int(1, extent);
  tensor.int(2, elementTypes[type]);
  tensor.bytes(8, name);
  if (place === undefined) {
    tensor.bytes(9, bytes);
    return tensor.finish();
  }
  tensor.message(13, encodeEntry("location", place.path));
  if (place.offset !== undefined) tensor.message(13, encodeEntry("offset", String(place.offset)));
  tensor.message(13, encodeEntry("length", String(bytes.length)));
  tensor.int(14, EXTERNAL);
  return tensor.finish();
}

/** Name of a node. Viewers show it, and so does ONNX Runtime's profile: it tells what the node is for (`valueOfNode`). */
function nodeName({ operator, outputs, for: value }: OnnxNode, position: number): string {
  return `${value ?? outputs.find((output) => output !== "") ?? operator}${MARK}${position}`;
}

/**
 * Which of the known values a node is for, by the name that ONNX Runtime's profile gives it. Its optimizer adds in front and
 * behind, and names a node in blocked layout after what it makes.
 */
export function valueOfNode(name: string, known: { has(value: string): boolean }): string | undefined {
  const marked = name.slice(0, Math.max(name.lastIndexOf(MARK), 0));
  return [marked, marked.replace(/^fused /, ""), name.replace(/_nchwc$/, "")].find((value) => known.has(value));
}

function encodeNode(node: OnnxNode, position: number): Message {
  const { operator, inputs, outputs, attributes } = node;
  const message = messageWriter();
  for (const input of inputs) message.bytes(1, input);
  for (const output of outputs) message.bytes(2, output);
  message.bytes(3, nodeName(node, position));
  message.bytes(4, operator);
  for (const [name, value] of Object.entries(attributes)) message.message(5, encodeAttribute(name, value));
  if (contributed.has(operator)) message.bytes(7, CONTRIBUTED_DOMAIN);
  return message.finish();
}

function encodeAttribute(name: string, value: Attribute): Message {
  const attribute = messageWriter();
  attribute.bytes(1, name);
  if (typeof value === "number") {
    attribute.int(3, value);
    attribute.int(20, attributeTypes.int);
  } else if (typeof value === "string") {
    attribute.bytes(4, value);
    attribute.int(20, attributeTypes.string);
  } else if ("float" in value) {
    attribute.float(2, value.float);
    attribute.int(20, attributeTypes.float);
  } else if ("nodes" in value) {
    attribute.message(6, encodeGraph(value, inFile));
    attribute.int(20, attributeTypes.graph);
  } else {
    for (const element of value) attribute.int(8, element);
    attribute.int(20, attributeTypes.ints);
  }
  return attribute.finish();
}

function encodeValue({ name, type, shape }: OnnxValue): Message {
  const dimensions = messageWriter();
  for (const extent of shape) {
    const dimension = messageWriter();
    if (typeof extent === "number") dimension.int(1, extent);
    else if (extent !== "") dimension.bytes(2, extent);
    dimensions.message(1, dimension.finish());
  }
  const tensorType = messageWriter();
  tensorType.int(1, elementTypes[type]);
  tensorType.message(2, dimensions.finish());
  const typeProto = messageWriter();
  typeProto.message(1, tensorType.finish());
  const value = messageWriter();
  value.bytes(1, name);
  value.message(2, typeProto.finish());
  return value.finish();
}
