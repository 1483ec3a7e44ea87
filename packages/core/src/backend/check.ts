import { DisposedError, ProgramError, ShapeError, UnsupportedOperationError } from "../errors.js";
import type { Program } from "../program/program.js";
import { checkTensor, formatShape, type Shape, sameShape, type TensorMap } from "../tensor.js";
import type { BackendInfo } from "./backend.js";

/** Throws `UnsupportedOperationError`, naming the operations, if the backend lacks any that the program holds. */
export function checkSupported(info: BackendInfo, program: Program): void {
  const missing = new Set(program.operations.map(({ kind }) => kind).filter((kind) => !info.operations.includes(kind)));
  if (missing.size > 0) {
    throw new UnsupportedOperationError(
      `${info.name} cannot run "${program.name}": it lacks ${[...missing].join(", ")}. Choose another backend.`,
    );
  }
}

/** Throws unless every feed holds every input of the program, whole and in its shape, and nothing else. */
export function checkFeeds(program: Program, feeds: readonly TensorMap[]): void {
  if (!Array.isArray(feeds)) throw new ProgramError(`The program "${program.name}" runs on a list of feeds.`);
  for (const feed of feeds) {
    checkTensors("input", feed);
    checkValues(program, "input", program.inputs, (name) =>
      Object.hasOwn(feed, name) ? feed[name]?.shape : undefined,
    );
    for (const name of Object.keys(feed)) {
      if (!Object.hasOwn(program.inputs, name)) {
        throw new ProgramError(
          `The program "${program.name}" has no input "${name}"; it takes ${Object.keys(program.inputs).join(", ")}.`,
        );
      }
    }
  }
}

/** Throws unless every value is a whole tensor: what a backend is given to make variables of. `what` is what each is. */
export function checkTensors(what: string, values: TensorMap): void {
  for (const [name, value] of Object.entries(values)) checkTensor(value, `The ${what} ${JSON.stringify(name)}`);
}

/** Throws unless there is a variable of the right shape for each that the program reads. */
export function checkVariables(program: Program, shapeOf: (name: string) => Shape | undefined): void {
  checkValues(program, "variable", program.variables, shapeOf);
}

function checkValues(
  program: Program,
  what: string,
  expected: Readonly<Record<string, Shape>>,
  shapeOf: (name: string) => Shape | undefined,
): void {
  for (const [name, shape] of Object.entries(expected)) {
    const actual = shapeOf(name);
    if (!actual) throw new ProgramError(`The ${what} "${name}" of the program "${program.name}" is missing.`);
    if (!sameShape(actual, shape)) {
      throw new ShapeError(
        `The ${what} "${name}" of the program "${program.name}" has shape ${formatShape(shape)}, ` +
          `but was given ${formatShape(actual)}.`,
      );
    }
  }
}

/** Throws `DisposedError` if something is used after its end. */
export function checkAlive(disposed: boolean, what: string): void {
  if (disposed) throw new DisposedError(`${what} was disposed and cannot be used any more.`);
}
