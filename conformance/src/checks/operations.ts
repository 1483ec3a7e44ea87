import { type BackendInfo, operationCosts, type TensorMap } from "@alexnet/core";
import { type OperationKind, optimize, type Program, programBuilder } from "@alexnet/core/program";
import { kindsOf } from "../kinds.js";
import { operationCases } from "../operations/cases/index.js";
import { caseFeed, type OperationCase } from "../operations/operation-case.js";
import { type Truth, truthOf } from "../operations/truth.js";
import { worstError } from "../operations/worst-error.js";
import type { Check, CheckContext, Measurement } from "../suite/check.js";
import { runOnce } from "../suite/run-once.js";
import { amplificationOf, programBudgets, unitRoundoff } from "../tolerance.js";

/** Whether gradients are made of it, as its name says: it is then checked at level 3. */
export function isGradient(kind: OperationKind): boolean {
  return /Grad(Input|Filter)?$/.test(kind);
}

/** Levels 2 and 3: every operation over a table of shapes, elementwise against float64. */
export const operationChecks: readonly Check[] = ([2, 3] as const).flatMap((level) =>
  operationCases.flatMap((operationCase) => checkOf(operationCase, level) ?? []),
);

function checkOf(operationCase: OperationCase, level: 2 | 3): Check | undefined {
  const program = caseProgram(operationCase, (kind) => isGradient(kind) === (level === 3));
  if (Object.keys(program.outputs).length === 0) return undefined;
  return {
    id: `${level === 2 ? "operations" : "gradients"}/${operationCase.name}`,
    level,
    operations: kindsOf(program),
    work: [...operationCosts(program).values()].reduce((sum, cost) => sum + cost, 0),
    async run({ backend, seed }: CheckContext) {
      const feed = Object.fromEntries(
        Object.entries(caseFeed(operationCase, seed)).filter(([name]) => name in program.inputs),
      );
      const truth = cachedTruth(program, feed, seed);
      return measure(program, await runOnce(backend, program, feed), truth, backend.info);
    },
  };
}

/** The part of a case that computes the compared values made by these kinds of operation. */
export function caseProgram(operationCase: OperationCase, wanted: (kind: OperationKind) => boolean): Program {
  const builder = programBuilder(operationCase.name);
  for (const [input, { shape }] of Object.entries(operationCase.inputs)) builder.input(input, shape);
  const compared = operationCase.build(builder);
  const whole = builder.build();
  const kinds = new Map(whole.operations.map(({ output, kind }) => [output, kind]));
  const outputs = compared.filter((value) => wanted(kinds.get(value)!));
  const named = Object.fromEntries(outputs.map((value) => [value, value]));
  const program = optimize({ ...whole, outputs: named });
  if (outputs.length === 0) return program;
  const read = new Set(program.operations.flatMap(({ inputs }) => inputs));
  const inputs = Object.fromEntries(Object.entries(program.inputs).filter(([name]) => read.has(name)));
  // What was read is given back as well: an operation that computes in its place shows there.
  const given = Object.fromEntries([...read].map((name) => [name, name]));
  return { ...program, inputs, outputs: { ...given, ...program.outputs } };
}

/** Truths of this process, which serve every backend that it checks. */
const truths = new WeakMap<Program, Map<number, ReadonlyMap<string, Truth>>>();

function cachedTruth(program: Program, feed: TensorMap, seed: number): ReadonlyMap<string, Truth> {
  const bySeed = truths.get(program) ?? new Map<number, ReadonlyMap<string, Truth>>();
  truths.set(program, bySeed);
  const truth = bySeed.get(seed) ?? truthOf(program, feed);
  bySeed.set(seed, truth);
  return truth;
}

function measure(
  program: Program,
  outputs: TensorMap,
  truth: ReadonlyMap<string, Truth>,
  info: BackendInfo,
): readonly Measurement[] {
  const budgets = programBudgets(program, info);
  const unit = unitRoundoff[info.precision];
  const kinds = new Map(program.operations.map(({ output, kind }) => [output, kind]));
  return Object.entries(program.outputs).map(([name, value]) => {
    const { data } = outputs[name]!;
    const expected = truth.get(name)!;
    const operation = kinds.get(value);
    return {
      what: !operation ? `${name}, as it is afterwards,` : name === operation ? name : `${operation} (${name})`,
      ...(operation && { operation }),
      error: worstError(data, operation && amplificationOf(operation, info) ? normwise(expected) : expected, unit),
      budget: budgets.get(value) ?? 0,
    };
  });
}

/** The truth where errors are relative to the largest magnitude in the tensor. */
function normwise({ value, magnitude }: Truth): Truth {
  const largest = magnitude.reduce((most, each) => Math.max(most, each), 0);
  return { value, magnitude: magnitude.map(() => largest) };
}
