import { type Program, valueShapes } from "@alexnet/core/program";
import { graphBuilder, type OnnxGraph } from "../onnx/graph.js";
import type { LoweringOptions } from "./context.js";
import { withLargeUpdatesLast } from "./large-updates-last.js";
import { assignedOutput, lowerOperations, NAN_MET, outputName, outputsOf, tellNaN } from "./lower-program.js";
import { graphName, inGraphNames, ownName } from "./names.js";
import { nameIn, type Order, shapeIn } from "./orders.js";

/** Name of the graph's input that holds an input of the program for every run, one after the other. */
export function stackedInput(input: string): string {
  return ownName("stacked", input);
}

/** Name of the graph's input that says how many runs there are. */
export const RUNS = ownName("runs");

const RUN = ownName("run");
const NAN_MET_IN_RUN = ownName("NaN met in run");
const GOING = ownName("going");
const STILL_GOING = ownName("still going");

/** A loop, and the order in which it takes and gives the variables that it assigns. */
export interface LoweredLoop {
  readonly graph: OnnxGraph;
  readonly orders: ReadonlyMap<string, Order>;
}

/**
 * Any number of runs of a program as one graph: an ONNX `Loop` whose body is the program and whose carried values are the
 * assigned variables, so that weights cross the border between JavaScript and the engine once a call and not once a run.
 * Takes the variables, each input stacked along a new first axis, and the number of runs; gives what the variables become
 * and each output stacked likewise, and one `NAN_MET` a run where that is to be told.
 */
export function lowerLoop(given: Program, options: LoweringOptions): LoweredLoop {
  const program = withLargeUpdatesLast(inGraphNames(given));
  const shapes = valueShapes(program);
  const assigned = Object.entries(program.assignments);

  // A variable is carried in the order in which its new value is made; which that is, a trial shows.
  const trial = lowerOperations(program, graphBuilder(program.name), options);
  const orders = new Map([...trial.assigned].map(([variable, order]) => [graphName(variable), order]));
  const orderOf = (variable: string): Order => orders.get(graphName(variable)) ?? "channels";

  const body = graphBuilder(`${program.name} run`);
  body.input({ name: RUN, type: "int64", shape: [] });
  body.input({ name: GOING, type: "bool", shape: [] });
  for (const [variable] of assigned) {
    const name = graphName(variable);
    const order = orderOf(variable);
    body.input({ name: nameIn(name, order), type: "float32", shape: shapeIn(shapes.get(name) ?? [], order) });
  }
  for (const input of Object.keys(given.inputs)) {
    body.node("Gather", [stackedInput(input), RUN], { axis: 0 }, graphName(input));
  }
  const { tellers } = lowerOperations(program, body, options, orders);
  body.node("Identity", [GOING], {}, STILL_GOING);
  body.output({ name: STILL_GOING, type: "bool", shape: [] });
  const giveOut = outputsOf(program, body);
  for (const [variable, value] of assigned) giveOut(value, orderOf(variable), assignedOutput(variable));
  for (const [output, value] of Object.entries(program.outputs)) giveOut(value, "channels", outputName(output));
  tellNaN(tellers, body, NAN_MET_IN_RUN);

  const graph = graphBuilder(program.name);
  graph.input({ name: RUNS, type: "int64", shape: [] });
  for (const [name, shape] of Object.entries(given.variables)) {
    // The body sees the values around it, so a carried variable must not have the same name outside.
    graph.input({ name: outerVariable(given, name), type: "float32", shape: shapeIn(shape, orderOf(name)) });
  }
  for (const [name, shape] of Object.entries(given.inputs)) {
    // The batch is left open: see `OPEN_EXTENT`.
    graph.input({
      name: stackedInput(name),
      type: "float32",
      shape: [RUNS, ...shape.map((extent, axis) => (axis === 0 ? "" : extent))],
    });
  }
  const outputs = Object.entries(program.outputs);
  const results = [
    ...assigned.map(([variable, value]) => ({
      name: finalVariable(variable),
      shape: shapeIn(shapes.get(value) ?? [], orderOf(variable)),
    })),
    ...outputs.map(([output, value]) => ({ name: stackedOutput(output), shape: [RUNS, ...(shapes.get(value) ?? [])] })),
    ...(tellers.length === 0 ? [] : [{ name: NAN_MET, shape: [RUNS] }]),
  ];
  graph.nodeWithOutputs(
    "Loop",
    [RUNS, "", ...assigned.map(([variable]) => outerVariable(given, variable))],
    { body: body.build() },
    results.map(({ name }) => name),
  );
  for (const { name, shape } of results) graph.output({ name, type: "float32", shape });
  return { graph: graph.build(), orders: new Map(assigned.map(([variable]) => [variable, orderOf(variable)])) };
}

/** Name of the graph's input that holds a variable before the first run. */
export function outerVariable(program: Program, variable: string): string {
  return Object.hasOwn(program.assignments, variable) ? ownName("initial", variable) : graphName(variable);
}

/** Name of the loop graph's output that holds what a variable becomes. */
export function finalVariable(variable: string): string {
  return ownName("final", variable);
}

/** Name of the loop graph's output that holds an output of the program for every run. */
export function stackedOutput(output: string): string {
  return ownName("stacked output", output);
}
