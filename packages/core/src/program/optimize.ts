import { sameShape } from "../tensor.js";
import type { Operation } from "./operation.js";
import { poolFirst } from "./pool-first.js";
import { type Program, renameInputs, valueShapes } from "./program.js";

/**
 * The same program with less work: equal operations on equal inputs are computed once, reshapes that change nothing
 * vanish, what no output and no assignment needs is dropped, and a ReLU before a max-pooling comes after it. Values keep
 * their bits.
 */
export function optimize(program: Program): Program {
  return poolFirst(dropUnused(shareEqual(program)));
}

function shareEqual(program: Program): Program {
  const shapes = valueShapes(program);
  const replacement = new Map<string, string>();
  const resolve = (value: string): string => replacement.get(value) ?? value;
  const seen = new Map<string, string>();
  const operations: Operation[] = [];
  for (const operation of program.operations) {
    const renamed = renameInputs(operation, resolve);
    const [source] = renamed.inputs;
    const key = JSON.stringify([operation.kind, renamed.inputs, operation.attributes]);
    const equal =
      operation.kind === "reshape" && sameShape(shapes.get(source) ?? [], operation.shape) ? source : seen.get(key);
    if (equal !== undefined) {
      replacement.set(operation.output, equal);
      continue;
    }
    seen.set(key, operation.output);
    operations.push(renamed);
  }
  const resolved = (names: Program["outputs"]): Program["outputs"] =>
    Object.fromEntries(Object.entries(names).map(([name, value]) => [name, resolve(value)]));
  return { ...program, operations, outputs: resolved(program.outputs), assignments: resolved(program.assignments) };
}

function dropUnused(program: Program): Program {
  const used = new Set([...Object.values(program.outputs), ...Object.values(program.assignments)]);
  const operations = program.operations.toReversed().filter(({ inputs, output }) => {
    if (!used.has(output)) return false;
    for (const input of inputs) used.add(input);
    return true;
  });
  return { ...program, operations: operations.reverse() };
}
