import { hasCode, ProgramError, ShapeError } from "../errors.js";
import { formatShape, type Shape, sameShape } from "../tensor.js";
import type {
  InputsOf,
  Operation,
  OperationAttributes,
  OperationDefinition,
  OperationKind,
  OperationOutput,
} from "./operation.js";
import { definitionOf } from "./operations/index.js";
import type { Program } from "./program.js";
import { valueShapes } from "./program.js";

/** Writes a program line by line, checking every shape on the way. */
export interface ProgramBuilder {
  /** Declares a value fed at each run. Returns its name. */
  input(name: string, shape: Shape): string;
  /** Declares a value that stays on the device between runs. Returns its name. */
  variable(name: string, shape: Shape): string;
  /**
   * Appends an operation and returns the name of its value: `name`, or one made from the kind, made unique.
   * Throws `ShapeError`, naming the value and both shapes, when the inputs do not fit together.
   */
  apply<Kind extends OperationKind>(
    kind: Kind,
    inputs: InputsOf<Kind, string>,
    attributes: OperationAttributes[Kind],
    name?: string,
  ): string;
  /** Makes a value an output of the program, under its own name unless another is given. */
  output(value: string, name?: string): void;
  /** Sets what a variable becomes after a run. */
  assign(variable: string, value: string): void;
  /** The shape of a value. Throws `ProgramError` for a name that is not defined. */
  shape(value: string): Shape;
  /** The program written so far. */
  build(): Program;
}

/**
 * Starts an empty program, or goes on from the end of an existing one.
 *
 * @example
 * ```ts
 * const builder = programBuilder("scaled sum");
 * const sum = builder.apply("add", [builder.input("a", [3]), builder.variable("b", [3])], {});
 * builder.output(builder.apply("scale", [sum], { factor: 0.5 }), "result");
 * const program = builder.build();
 * ```
 */
export function programBuilder(start: string | Program): ProgramBuilder {
  const base: Program =
    typeof start === "string"
      ? { name: start, inputs: {}, variables: {}, operations: [], outputs: {}, assignments: {} }
      : start;
  // Maps, because a name may be one that objects have already, `__proto__` or `constructor`.
  const inputs = new Map(Object.entries(base.inputs));
  const variables = new Map(Object.entries(base.variables));
  const operations: Operation[] = [...base.operations];
  const outputs = new Map(Object.entries(base.outputs));
  const assignments = new Map(Object.entries(base.assignments));
  const shapes = new Map(valueShapes(base));

  function define(name: string, shape: Shape): string {
    if (shapes.has(name)) throw new ProgramError(`The program "${base.name}" already holds a value "${name}".`);
    shapes.set(name, shape);
    return name;
  }

  function shapeOf(value: string): Shape {
    const shape = shapes.get(value);
    if (!shape) throw new ProgramError(`The program "${base.name}" holds no value "${value}".`);
    return shape;
  }

  function unusedName(wanted: string): string {
    let name = wanted;
    for (let copy = 2; shapes.has(name); copy++) name = `${wanted}#${copy}`;
    return name;
  }

  return {
    input(name, shape) {
      inputs.set(define(name, shape), shape);
      return name;
    },
    variable(name, shape) {
      variables.set(define(name, shape), shape);
      return name;
    },
    apply(kind, operands, attributes, name) {
      const output = unusedName(name ?? kind);
      const shape = checkedShape(kind, operands.map(shapeOf), attributes, output);
      define(output, shape);
      // A kind in a variable makes no member of the union.
      operations.push({ kind, inputs: operands, attributes, output, shape } as Operation);
      return output;
    },
    output(value, name = value) {
      shapeOf(value);
      outputs.set(name, value);
    },
    assign(variable, value) {
      const expected = variables.get(variable);
      if (!expected) throw new ProgramError(`"${variable}" is no variable of the program "${base.name}".`);
      if (!sameShape(expected, shapeOf(value))) {
        throw new ShapeError(
          `The variable "${variable}" has shape ${formatShape(expected)}, but "${value}" has ${formatShape(shapeOf(value))}.`,
        );
      }
      assignments.set(variable, value);
    },
    shape: shapeOf,
    build: () => ({
      name: base.name,
      inputs: Object.fromEntries(inputs),
      variables: Object.fromEntries(variables),
      operations: [...operations],
      outputs: Object.fromEntries(outputs),
      assignments: Object.fromEntries(assignments),
    }),
  };
}

/** Applies the operation's shape rule; a failure names the value it happened at. */
export function checkedShape<Kind extends OperationKind>(
  kind: Kind,
  inputs: readonly Shape[],
  attributes: OperationAttributes[Kind],
  value: string,
): OperationOutput[Kind] {
  const definition = definitionOf(kind);
  if (!hasArity(definition, inputs)) {
    const names = definition.inputs.join(", ");
    throw new ProgramError(
      `${value}: ${kind} takes (${names}${definition.repeats ? ", …" : ""}); got ${inputs.length} inputs.`,
    );
  }
  try {
    return definition.shape(inputs, attributes);
  } catch (error) {
    if (!hasCode(error, "SHAPE")) throw error;
    throw new ShapeError(`${value} (${kind}): ${error.message}`, { cause: error });
  }
}

/** Whether there are as many inputs as the operation takes. */
function hasArity<Kind extends OperationKind>(
  { inputs: names, optional = 0, repeats = false }: OperationDefinition<Kind>,
  inputs: readonly Shape[],
): inputs is InputsOf<Kind, Shape> {
  const least = names.length - optional;
  return inputs.length >= least && (repeats || inputs.length <= names.length);
}
