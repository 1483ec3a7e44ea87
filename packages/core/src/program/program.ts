import type { Shape } from "../tensor.js";
import type { Operation } from "./operation.js";

/**
 * A straight line of operations over named values: plain data that prints, serializes to JSON and runs on any backend.
 *
 * A value is an input, a variable, or the output of one operation, and every operation reads only values defined
 * before it. All values are floating-point arrays with fixed shapes, the batch size included.
 */
export interface Program {
  readonly name: string;
  /** What is fed at each run, by name. */
  readonly inputs: Readonly<Record<string, Shape>>;
  /** State that lives on the device between runs, by name. */
  readonly variables: Readonly<Record<string, Shape>>;
  readonly operations: readonly Operation[];
  /** What a run gives back: the value behind each name. */
  readonly outputs: Readonly<Record<string, string>>;
  /** The value each variable takes after the run. All operations see the values from before it. */
  readonly assignments: Readonly<Record<string, string>>;
}

/** The shape of every value of a program, by name. */
export function valueShapes(program: Program): ReadonlyMap<string, Shape> {
  return new Map([
    ...Object.entries(program.inputs),
    ...Object.entries(program.variables),
    ...program.operations.map(({ output, shape }) => [output, shape] as const),
  ]);
}
