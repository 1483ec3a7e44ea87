import { hasCode, type TensorMap, tensor } from "@alexnet/core";
import type { Backend, Variables } from "@alexnet/core/backend";
import { type OperationKind, type Program, programBuilder } from "@alexnet/core/program";
import { fieldsOf, messageOf } from "@alexnet/core/support";
import { type Check, type CheckContext, ConformanceError } from "../suite/check.js";

/** `total ← total + x`, and what it was before. */
export const accumulating = ((): Program => {
  const builder = programBuilder("accumulate");
  const total = builder.variable("total", [2, 3]);
  const sum = builder.apply("add", [total, builder.input("x", [2, 3])], {});
  builder.output(total, "before");
  builder.assign(total, sum);
  return builder.build();
})();

/** Twice the same variable, which it does not change. */
export const doubling = ((): Program => {
  const builder = programBuilder("double");
  builder.output(builder.apply("scale", [builder.variable("total", [2, 3])], { factor: 2 }), "twice");
  return builder.build();
})();

export const ONES = tensor([2, 3], [1, 1, 1, 1, 1, 1]);
export const START = tensor([2, 3], [0, 1, 2, 3, 4, 5]);

/** A check of level 1, which measures nothing. */
export function lifecycle(
  title: string,
  kinds: readonly OperationKind[],
  run: (context: CheckContext) => Promise<void>,
): Check {
  return {
    id: `lifecycle/${title}`,
    level: 1,
    operations: kinds,
    work: 0,
    async run(context) {
      await run(context);
      return [];
    },
  };
}

export type Run = (feeds: readonly TensorMap[]) => Promise<readonly TensorMap[]>;

/** Compiles the program, makes the variables, and disposes of both whatever happens. */
export async function withProgram(
  backend: Backend,
  program: Program,
  use: (run: Run, read: () => Promise<TensorMap>, variables: Variables) => Promise<void>,
  start: TensorMap = { total: START },
): Promise<void> {
  const executable = await backend.compile(program);
  try {
    const variables = await backend.createVariables(start);
    try {
      await use(
        (feeds) => executable.run(variables, feeds),
        () => variables.read(),
        variables,
      );
    } finally {
      await variables.dispose();
    }
  } finally {
    await executable.dispose();
  }
}

export function expectValues(what: string, found: ArrayLike<number> | undefined, expected: readonly number[]): void {
  const values = Array.from(found ?? []);
  if (values.length !== expected.length || values.some((value, index) => value !== expected[index])) {
    throw new ConformanceError(`${what} should be [${expected}], but is [${values}].`);
  }
}

/**
 * Errors are told by their code and not by their class: a backend that brings its own copy of core throws classes of the
 * same name that are not the same.
 */
export async function expectError(
  what: string,
  work: () => Promise<unknown>,
  ...codes: readonly string[]
): Promise<void> {
  const wanted = codes.join(" or ");
  try {
    await work();
  } catch (error) {
    if (codes.some((code) => hasCode(error, code))) return;
    const { code = "none", name } = fieldsOf(error);
    throw new ConformanceError(
      `${what} should throw an error of code ${wanted}, but threw one of code ${code}, ${name}: ${messageOf(error)}`,
    );
  }
  throw new ConformanceError(`${what} should throw an error of code ${wanted}, but did not throw.`);
}
