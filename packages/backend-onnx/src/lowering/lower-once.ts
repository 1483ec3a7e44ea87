import type { Program } from "@alexnet/core/program";
import { graphBuilder, type OnnxGraph } from "../onnx/graph.js";
import type { LoweringOptions } from "./context.js";
import { withLargeUpdatesLast } from "./large-updates-last.js";
import { assignedOutput, lowerOperations, NAN_MET, outputName, outputsOf, tellNaN } from "./lower-program.js";
import { graphName, inGraphNames } from "./names.js";
import { nameIn, type Order, shapeIn } from "./orders.js";

/** A value on its way in or out: its name in the graph, and the order it has there. */
export interface Passed {
  readonly name: string;
  readonly order: Order;
}

/** One run of a program as a graph. */
export interface LoweredOnce {
  readonly graph: OnnxGraph;
  /** Every variable of the program. */
  readonly variables: ReadonlyMap<string, Passed>;
  /** What the assigned ones become. */
  readonly assigned: ReadonlyMap<string, Passed>;
  /** Names of the program's outputs in the graph. */
  readonly outputs: ReadonlyMap<string, string>;
}

/**
 * One run of a program: variables and inputs in, outputs and what the variables become out, and `NAN_MET` where that is to be told. A variable that
 * is assigned is taken and given in the order in which its new value is made, the others in which they are held: nothing is exchanged on the way.
 */
export function lowerOnce(given: Program, options: LoweringOptions, held: ReadonlyMap<string, Order>): LoweredOnce {
  const program = withLargeUpdatesLast(inGraphNames(given));
  const orders = new Map([...held].map(([variable, order]) => [graphName(variable), order]));
  // Which order a new value is made in, a trial shows.
  const trial = lowerOperations(program, graphBuilder(program.name), options, orders);
  for (const [variable, order] of trial.assigned) orders.set(graphName(variable), order);
  const orderOf = (variable: string): Order => orders.get(graphName(variable)) ?? "channels";

  const graph = graphBuilder(program.name);
  const variables = new Map<string, Passed>();
  for (const [variable, shape] of Object.entries(given.variables)) {
    const order = orderOf(variable);
    const name = nameIn(graphName(variable), order);
    graph.input({ name, type: "float32", shape: shapeIn(shape, order) });
    variables.set(variable, { name, order });
  }
  for (const [name, shape] of Object.entries(program.inputs)) {
    // The batch is left open: see `OPEN_EXTENT`.
    graph.input({ name, type: "float32", shape: shape.map((extent, axis) => (axis === 0 ? "" : extent)) });
  }
  const { tellers } = lowerOperations(program, graph, options, orders);
  const giveOut = outputsOf(program, graph);
  const assigned = new Map<string, Passed>();
  for (const [variable, value] of Object.entries(program.assignments)) {
    const order = orderOf(variable);
    assigned.set(variable, { name: giveOut(value, order, assignedOutput(variable)), order });
  }
  const outputs = new Map<string, string>();
  for (const [output, value] of Object.entries(program.outputs)) {
    outputs.set(output, giveOut(value, "channels", outputName(output)));
  }
  tellNaN(tellers, graph, NAN_MET);
  return { graph: graph.build(), variables, assigned, outputs };
}
