import { formatShape, isShape2, isShape4, ProgramError, type Shape } from "@alexnet/core";
import {
  type Operation,
  type OperationKind,
  type OperationOf,
  type Program,
  renameInputs,
  valueShapes,
} from "@alexnet/core/program";
import { type GraphBuilder, graphBuilder, type OnnxGraph } from "../onnx/graph.js";
import { adamUpdate } from "./adam.js";
import type { Lowering, LoweringContext, LoweringOptions } from "./context.js";
import { conv2d, conv2dGradFilter, conv2dGradInput } from "./convolution.js";
import { addBias, biasGrad, matmul } from "./dense.js";
import { eightBitInputs, eightBitProducts } from "./eight-bit.js";
import { add, multiply, relu, reluGrad, scale, sigmoid, sigmoidGrad, tanh, tanhGrad } from "./elementwise.js";
import { softmax, softmaxCrossEntropy, softmaxCrossEntropyGrad } from "./loss.js";
import { concat, reshape, slice, sliceGrad } from "./movement.js";
import { graphName, inGraphNames, ownName } from "./names.js";
import { lrn, lrnGrad } from "./normalization.js";
import { nameIn, type Order, ordersIn, shapeIn } from "./orders.js";
import { avgPool, avgPoolGrad, maxPool, maxPoolGrad } from "./pooling.js";
import { sgdUpdate } from "./sgd.js";

/** How each operation is written in standard ONNX operators. */
export const lowerings: { readonly [Kind in OperationKind]: Lowering<Kind> } = {
  conv2d,
  conv2dGradInput,
  conv2dGradFilter,
  maxPool,
  maxPoolGrad,
  avgPool,
  avgPoolGrad,
  lrn,
  lrnGrad,
  relu,
  reluGrad,
  sigmoid,
  sigmoidGrad,
  tanh,
  tanhGrad,
  matmul,
  addBias,
  biasGrad,
  multiply,
  add,
  scale,
  reshape,
  concat,
  slice,
  sliceGrad,
  softmax,
  softmaxCrossEntropy,
  softmaxCrossEntropyGrad,
  sgdUpdate,
  adamUpdate,
};

/** Operations that compute each value from those in its place: any order of the axes will do, if it is one for all. */
const orderless: ReadonlySet<OperationKind> = new Set([
  "relu",
  "reluGrad",
  "sigmoid",
  "sigmoidGrad",
  "tanh",
  "tanhGrad",
  "multiply",
  "add",
  "scale",
  "sgdUpdate",
  "adamUpdate",
]);

/** Operations that ask for their inputs in the order they want. */
const ordering: ReadonlySet<OperationKind> = new Set([
  "conv2d",
  "conv2dGradInput",
  "conv2dGradFilter",
  "maxPool",
  "maxPoolGrad",
  "lrn",
  "lrnGrad",
  "reshape",
  "concat",
  "slice",
  "sliceGrad",
  "addBias",
  "biasGrad",
]);

/** Operations that can take over the one before them, and at which of their inputs it then stands. */
const fusions: readonly {
  readonly by: OperationKind;
  readonly input: number;
  readonly kinds: readonly OperationKind[];
}[] = [
  { by: "addBias", input: 0, kinds: ["conv2d", "matmul"] },
  { by: "sgdUpdate", input: 2, kinds: ["matmul"] },
];

/** What came of the operations of a program. */
export interface Lowered {
  /** Values of which one is NaN if any was met, where that was asked for; `tellNaN` gives them out. */
  readonly tellers: readonly string[];
  /** The order in which each assigned variable's new value was made. */
  readonly assigned: ReadonlyMap<string, Order>;
}

/**
 * Writes the operations of a program as nodes. The values they read must already be in the graph under their names, those
 * of variables in the order given. The program's outputs are there afterwards in its own order, and what its variables
 * become in theirs.
 */
export function lowerOperations(
  program: Program,
  graph: GraphBuilder,
  options: LoweringOptions,
  given: ReadonlyMap<string, Order> = new Map(),
): Lowered {
  const shapes = valueShapes(program);
  const shape = (value: string): Shape => shapes.get(value) ?? [];
  const producers = new Map(program.operations.map((operation) => [operation.output, operation]));
  const fused = fusedValues(program, producers);
  const { products } = eightBitProducts(program, options);
  const tellers: string[] = [];
  const made = new Map<string, string>();
  const context: LoweringContext = {
    graph,
    program,
    ...options,
    ...ordersIn(graph, shape, given),
    once(key, make) {
      const value = made.get(key) ?? make();
      made.set(key, value);
      return value;
    },
    inEightBits: (product) => products.has(product),
    tellNaN: (value) => void tellers.push(value),
    shape,
    shape2: (value) => withAxes(shape(value), isShape2),
    shape4: (value) => withAxes(shape(value), isShape4),
    soleUse<Kind extends OperationKind>(value: string, kind: Kind) {
      const producer = producers.get(value);
      // A kind in a variable narrows no union.
      return fused.has(value) && producer?.kind === kind ? (producer as OperationOf<Kind>) : undefined;
    },
  };
  for (const operation of program.operations) {
    if (!fused.has(operation.output)) graph.nodesFor(operation.output, () => lowerInOrder(operation, context));
  }
  const assignments = Object.entries(program.assignments);
  const assigned = new Map(assignments.map(([variable, value]) => [variable, context.orderOf(value)]));
  for (const value of Object.values(program.outputs)) context.read(value, "channels");
  for (const [variable, value] of assignments) context.read(value, given.get(graphName(variable)) ?? "channels");
  return { tellers, assigned };
}

/** Keeps to the order in which the inputs were made where the operation does not mind. */
function lowerInOrder(operation: Operation, context: LoweringContext): void {
  const { kind, inputs, output, shape } = operation;
  if (ordering.has(kind)) {
    lowerOperation(operation, context);
    return;
  }
  const order = orderFor(kind, inputs.map(context.orderOf));
  // A learning rate has no axes to exchange.
  const read = renameInputs(operation, (value) =>
    context.read(value, context.shape(value).length === shape.length ? order : "channels"),
  );
  lowerOperation(order === "channels" ? operation : { ...read, output: context.write(output, order) }, context);
}

function orderFor(kind: OperationKind, [first = "channels", ...others]: readonly Order[]): Order {
  if (!orderless.has(kind)) return "channels";
  // The gradient of an activation goes on to what came before the activation.
  if (kind === "reluGrad" || kind === "sigmoidGrad" || kind === "tanhGrad") return first;
  return [first, ...others].find((candidate) => candidate !== "channels") ?? "channels";
}

function lowerOperation<Kind extends OperationKind>(operation: OperationOf<Kind>, context: LoweringContext): void {
  const lowering: Lowering<Kind> = lowerings[operation.kind];
  lowering(operation, context);
}

/** The shape, which the rule of the operation that reads it has found to have so many axes. */
function withAxes<S extends Shape>(shape: Shape, has: (shape: Shape) => shape is S): S {
  if (!has(shape)) throw new ProgramError(`A value of shape ${formatShape(shape)} has another number of axes.`);
  return shape;
}

/** Values that need not exist, because the only operation that reads them computes them on the way. */
function fusedValues(program: Program, producers: ReadonlyMap<string, Operation>): ReadonlySet<string> {
  const uses = new Map<string, number>();
  const count = (value: string): void => void uses.set(value, (uses.get(value) ?? 0) + 1);
  for (const { inputs } of program.operations) inputs.forEach(count);
  Object.values(program.outputs).forEach(count);
  Object.values(program.assignments).forEach(count);

  const fused = new Set<string>();
  for (const { kind, inputs } of program.operations) {
    const fusion = fusions.find(({ by }) => by === kind);
    const value = fusion && inputs[fusion.input];
    const producer = value === undefined ? undefined : producers.get(value);
    if (producer && fusion?.kinds.includes(producer.kind) && uses.get(producer.output) === 1)
      fused.add(producer.output);
  }
  return fused;
}

/** Name of the graph's output that holds what a variable becomes. */
export function assignedOutput(variable: string): string {
  return `assigned/${variable}`;
}

/** Name of the graph's output that is NaN if any was met; a graph that cannot meet any has none. */
export const NAN_MET = ownName("NaN met");

/**
 * The whole program as one graph: inputs and variables in (a weight in 8 bits as `eightBitInputs` has it), outputs and the
 * new values of assigned variables (`assignedOutput`) out, and `NAN_MET` where that is to be told.
 */
export function lowerProgram(given: Program, options: LoweringOptions): OnnxGraph {
  const program = inGraphNames(given);
  const graph = graphBuilder(program.name);
  const { weights } = eightBitProducts(program, options);
  for (const [name, shape] of [...Object.entries(program.inputs), ...Object.entries(program.variables)]) {
    const weight = weights.get(name);
    if (weight) eightBitInputs(name, weight).forEach(graph.input);
    else graph.input({ name, type: "float32", shape });
  }
  const { tellers } = lowerOperations(program, graph, options);
  nameOutputs(program, graph);
  tellNaN(tellers, graph, NAN_MET);
  return graph.build();
}

/**
 * Gives out the sum of what tells of NaN, if anything does. Of all that it could run next, ONNX Runtime takes what stands
 * last in the graph, and before that what it needs: as the last nodes of all, the first of them last, these look at each
 * value as soon as it is made, so that none is kept for that to the end of a step.
 */
export function tellNaN(tellers: readonly string[], graph: GraphBuilder, name: string): void {
  if (tellers.length === 0) return;
  const sums = tellers
    .toReversed()
    .map((value) => graph.node("ReduceSum", [value], { keepdims: 0 }))
    .toReversed();
  const sum = sums.reduce((before, value) => graph.node("Add", [before, value]));
  graph.node("Identity", [sum], {}, name);
  graph.output({ name, type: "float32", shape: [] });
}

/** Gives every output and assignment a name of its own, since several may share a value or be one that was fed. */
export function nameOutputs(program: Program, graph: GraphBuilder): void {
  const shapes = valueShapes(program);
  const results = [
    ...Object.entries(program.outputs).map(([name, value]) => [outputName(name), value] as const),
    ...Object.entries(program.assignments).map(([variable, value]) => [assignedOutput(variable), value] as const),
  ];
  for (const [name, value] of results) {
    graph.node("Identity", [value], {}, name);
    graph.output({ name, type: "float32", shape: shapes.get(value) ?? [] });
  }
}

/**
 * Gives values out of a graph in an order, under the names they have: another only where one is needed, since the node that gives it is one that
 * nobody waits for (`withLargeUpdatesLast`). Returns the name.
 */
export function outputsOf(
  program: Program,
  graph: GraphBuilder,
): (value: string, order: Order, otherName: string) => string {
  const shapes = valueShapes(program);
  const computed = new Set(program.operations.map(({ output }) => output));
  const givenOut = new Set<string>();
  return (value, order, otherName) => {
    let name = nameIn(value, order);
    if (!computed.has(value) || givenOut.has(name)) name = graph.node("Identity", [name], {}, otherName);
    givenOut.add(name);
    graph.output({ name, type: "float32", shape: shapeIn(shapes.get(value) ?? [], order) });
    return name;
  };
}

/** Name of the graph's output that holds an output of the program. */
export function outputName(output: string): string {
  return `output/${output}`;
}
