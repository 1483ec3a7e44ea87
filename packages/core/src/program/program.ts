import { ProgramError } from "../errors.js";
import type { Shape } from "../tensor.js";
import type { InputsOf, Operation, OperationInputs, OperationKind, OperationOf } from "./operation.js";

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

/** The shapes of an operation's inputs. Throws `ProgramError` for one that is not defined. */
export function inputShapesOf<Kind extends OperationKind>(
  { inputs, output }: OperationOf<Kind>,
  shapes: ReadonlyMap<string, Shape>,
): OperationInputs[Kind] {
  return mapInputs(inputs, (name) => {
    const shape = shapes.get(name);
    if (!shape) throw new ProgramError(`"${output}" reads "${name}", which is not defined before it.`);
    return shape;
  }) as OperationInputs[Kind]; // The operation's shape rule has seen that each has the axes it is to have.
}

/** Something made of each input of an operation. */
export function mapInputs<Kind extends OperationKind, From, To>(
  inputs: InputsOf<Kind, From>,
  make: (input: From) => To,
): InputsOf<Kind, To> {
  const each: readonly From[] = inputs;
  return each.map(make) as InputsOf<Kind, To>; // `map` forgets that there are as many as before.
}

/** The operation, reading other values. */
export function renameInputs(operation: Operation, rename: (value: string) => string): Operation {
  return { ...operation, inputs: mapInputs(operation.inputs, rename) } as Operation; // As many as before.
}
