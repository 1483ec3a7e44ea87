import { isAlexNetError, ProgramError } from "../errors.js";
import { formatShape, type Shape, sameShape } from "../tensor.js";
import { checkedShape } from "./builder.js";
import type { Operation } from "./operation.js";
import { operations } from "./operations/index.js";
import type { Program } from "./program.js";

/**
 * Checks a program that came from elsewhere, JSON for example: every operation exists, reads only values defined before
 * it, and has the shape its rule gives; outputs and assignments name values that are there.
 * Throws `ProgramError` or `ShapeError` naming the value at fault.
 */
export function validateProgram(program: Program): void {
  const shapes = new Map<string, Shape>();
  const define = (name: string, shape: Shape): void => {
    if (shapes.has(name)) throw new ProgramError(`The program "${program.name}" defines "${name}" twice.`);
    if (!shape.every((extent) => Number.isSafeInteger(extent) && extent >= 0)) {
      throw new ProgramError(
        `"${name}" has the shape ${formatShape(shape)}; a shape holds non-negative whole numbers.`,
      );
    }
    shapes.set(name, shape);
  };
  const read = (name: string, by: string): Shape => {
    const shape = shapes.get(name);
    if (!shape) throw new ProgramError(`${by} reads "${name}", which is not defined before it.`);
    return shape;
  };

  for (const [name, shape] of Object.entries(program.inputs)) define(name, shape);
  for (const [name, shape] of Object.entries(program.variables)) define(name, shape);
  for (const operation of program.operations) {
    const { kind, inputs, output, shape } = operation;
    if (!Object.hasOwn(operations, kind))
      throw new ProgramError(`"${output}" is made by an unknown operation "${kind}".`);
    const inputShapes = inputs.map((name) => read(name, `"${output}"`));
    const expected = expectedShape(operation, inputShapes);
    if (!sameShape(shape, expected)) {
      throw new ProgramError(
        `"${output}" claims shape ${formatShape(shape)}, but ${kind} gives ${formatShape(expected)}.`,
      );
    }
    define(output, shape);
  }
  for (const [name, value] of Object.entries(program.outputs)) read(value, `The output "${name}"`);
  for (const [variable, value] of Object.entries(program.assignments)) {
    if (!Object.hasOwn(program.variables, variable))
      throw new ProgramError(`"${variable}" is assigned, but is no variable.`);
    const shape = read(value, `The assignment to "${variable}"`);
    if (!sameShape(shape, program.variables[variable]!)) {
      throw new ProgramError(`"${variable}" would take a value of shape ${formatShape(shape)}.`);
    }
  }
}

function expectedShape({ kind, attributes, output }: Operation, inputShapes: readonly Shape[]): Shape {
  try {
    return checkedShape(kind, inputShapes, attributes, output);
  } catch (error) {
    if (isAlexNetError(error)) throw error;
    // A rule that trips over what it is told was told something of another form.
    throw new ProgramError(`"${output}" has attributes that ${kind} cannot have: ${JSON.stringify(attributes)}.`, {
      cause: error,
    });
  }
}
