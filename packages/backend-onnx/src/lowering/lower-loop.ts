import { type Program, valueShapes } from "@alexnet/core";
import { graphBuilder, type OnnxGraph } from "../onnx/graph.js";
import { assignedOutput, lowerOperations, outputName } from "./lower-program.js";

/** Name of the graph's input that holds an input of the program for every run, one after the other. */
export function stackedInput(input: string): string {
  return `stacked/${input}`;
}

/** Name of the graph's input that says how many runs there are. */
export const RUNS = "runs";

/**
 * Any number of runs of a program as one graph: an ONNX `Loop` whose body is the program and whose carried values are the
 * assigned variables, so that weights cross the border between JavaScript and the engine once a call and not once a run.
 * Takes the variables, each input stacked along a new first axis, and the number of runs; gives what the variables become
 * and each output stacked likewise.
 */
export function lowerLoop(program: Program): OnnxGraph {
  const shapes = valueShapes(program);
  const assigned = Object.entries(program.assignments);

  const body = graphBuilder(`${program.name} run`);
  body.input({ name: "run", type: "int64", shape: [] });
  body.input({ name: "going", type: "bool", shape: [] });
  for (const [variable] of assigned) body.input({ name: variable, type: "float32", shape: shapes.get(variable) ?? [] });
  for (const input of Object.keys(program.inputs)) {
    body.node("Gather", [stackedInput(input), "run"], { axis: 0 }, input);
  }
  lowerOperations(program, body);
  body.node("Identity", ["going"], {}, "still going");
  body.output({ name: "still going", type: "bool", shape: [] });
  for (const [variable, value] of assigned) {
    body.node("Identity", [value], {}, assignedOutput(variable));
    body.output({ name: assignedOutput(variable), type: "float32", shape: shapes.get(value) ?? [] });
  }
  for (const [output, value] of Object.entries(program.outputs)) {
    body.node("Identity", [value], {}, outputName(output));
    body.output({ name: outputName(output), type: "float32", shape: shapes.get(value) ?? [] });
  }

  const graph = graphBuilder(program.name);
  graph.input({ name: RUNS, type: "int64", shape: [] });
  for (const [name, shape] of Object.entries(program.variables)) {
    // The body sees the values around it, so a carried variable must not have the same name outside.
    graph.input({ name: outerVariable(program, name), type: "float32", shape });
  }
  for (const [name, shape] of Object.entries(program.inputs)) {
    graph.input({ name: stackedInput(name), type: "float32", shape: [RUNS, ...shape] });
  }
  const outputs = Object.entries(program.outputs);
  const results = [
    ...assigned.map(([variable, value]) => ({ name: finalVariable(variable), shape: shapes.get(value) ?? [] })),
    ...outputs.map(([output, value]) => ({ name: stackedOutput(output), shape: [RUNS, ...(shapes.get(value) ?? [])] })),
  ];
  graph.nodeWithOutputs(
    "Loop",
    [RUNS, "", ...assigned.map(([variable]) => outerVariable(program, variable))],
    { body: body.build() },
    results.map(({ name }) => name),
  );
  for (const { name, shape } of results) graph.output({ name, type: "float32", shape });
  return graph.build();
}

/** Name of the graph's input that holds a variable before the first run. */
export function outerVariable(program: Program, variable: string): string {
  return Object.hasOwn(program.assignments, variable) ? `initial/${variable}` : variable;
}

/** Name of the loop graph's output that holds what a variable becomes. */
export function finalVariable(variable: string): string {
  return `final/${variable}`;
}

/** Name of the loop graph's output that holds an output of the program for every run. */
export function stackedOutput(output: string): string {
  return `stacked/${outputName(output)}`;
}
