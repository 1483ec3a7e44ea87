import type { ModelProgram, TensorMap } from "@alexnet/core";
import type { BackendInfo } from "@alexnet/core/backend";
import type { Measurement } from "../suite/check.js";
import { programBudgets, unitRoundoff } from "../tolerance.js";

/** The largest error of each tensor, relative to the largest number in it. */
export function tensorErrors(
  found: TensorMap,
  expected: TensorMap,
  budget: number,
  unit: number,
  suffix = "",
): readonly Measurement[] {
  return Object.entries(expected).map(([name, { data }]) => ({
    what: `${name}${suffix}`,
    error: worstNormwise(found[name]?.data ?? [], data) / unit,
    budget,
  }));
}

/**
 * What rounding may add to the weights in so many steps of a training program, in units of roundoff. The errors of the steps add up by their squares,
 * as those of a program's operations do.
 */
export function trainingBudget(
  { program }: ModelProgram,
  info: Pick<BackendInfo, "convolutionAmplification" | "eightBitBlock" | "precision">,
  steps: number,
): { readonly budget: number; readonly unit: number } {
  const budgets = programBudgets(program, info);
  const step = Math.max(...Object.values(program.assignments).map((value) => budgets.get(value) ?? 0));
  return { budget: Math.sqrt(steps) * step, unit: unitRoundoff[info.precision] };
}

export function worstRelative(found: ArrayLike<number>, expected: ArrayLike<number> | undefined): number {
  const wanted = Array.from(expected ?? [Number.NaN]);
  return worst(wanted.map((value, index) => Math.abs(found[index]! - value) / Math.abs(value)));
}

export function worstNormwise(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  let largest = 0;
  for (let index = 0; index < expected.length; index++) largest = Math.max(largest, Math.abs(expected[index]!));
  return worst(
    Array.from({ length: expected.length }, (_, index) => Math.abs(found[index]! - expected[index]!) / largest),
  );
}

/** The largest; infinite where one is not a number. */
function worst(errors: readonly number[]): number {
  return errors.reduce(
    (most, error) => (error <= most ? most : Number.isNaN(error) ? Number.POSITIVE_INFINITY : error),
    0,
  );
}
