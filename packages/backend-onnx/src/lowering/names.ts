import { type Program, renameInputs } from "@alexnet/core/program";

/**
 * Names in a graph come from two places and never meet: those of the program's values are kept as they are, except for the
 * few that could be taken for one of ours, and all of ours begin with `~` (or are outputs, `output/…` and `assigned/…`).
 * The empty name is ONNX's sign for an input that is left out, and `__proto__` is no key of a JavaScript object.
 */
export function graphName(value: string): string {
  return value === "" || value === "__proto__" || /^(~|output\/|assigned\/)/.test(value) ? `~~${value}` : value;
}

/** A name of ours. What is told apart by `of`, a value's name in the program, is as unique as that. */
export function ownName(what: string, of?: string): string {
  return of === undefined ? `~${what}` : `~${what}/${of}`;
}

/** The program with every value under its name in the graph. Names of outputs and variables to assign stay. */
export function inGraphNames(program: Program): Program {
  const keys = <Value>(record: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [graphName(name), value]));
  const values = (record: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(record).map(([name, value]) => [name, graphName(value)]));
  return {
    ...program,
    inputs: keys(program.inputs),
    variables: keys(program.variables),
    operations: program.operations.map((operation) => ({
      ...renameInputs(operation, graphName),
      output: graphName(operation.output),
    })),
    outputs: values(program.outputs),
    assignments: values(program.assignments),
  };
}
