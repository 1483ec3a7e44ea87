import type { TensorMap } from "../tensor.js";
import type { CheckedFitOptions } from "./fit-options.js";

/** How large a parameter is and how much a step changed it: means of absolute values. Their ratio is of use: 0.001 is usual. */
export interface WeightChange {
  readonly magnitude: number;
  readonly change: number;
}

/** How large each parameter is after a step, and how much the step changed it. */
export function weightChanges(before: TensorMap, after: TensorMap): Readonly<Record<string, WeightChange>> {
  return Object.fromEntries(
    Object.entries(after).map(([name, { data }]) => {
      const was = before[name]!.data;
      let [magnitude, change] = [0, 0];
      for (let index = 0; index < data.length; index++) {
        magnitude += Math.abs(data[index]!);
        change += Math.abs(data[index]! - was[index]!);
      }
      return [name, { magnitude: magnitude / data.length, change: change / data.length }];
    }),
  );
}

/** Whether the change of the weights by a step (0-based) is told. */
export function watchedSteps({
  weightsEvery = {},
  stepsPerEpoch,
}: Pick<CheckedFitOptions, "weightsEvery" | "stepsPerEpoch">): (step: number) => boolean {
  const { epochs, steps } = weightsEvery;
  return (step) =>
    (epochs !== undefined && (step + 1) % (epochs * stepsPerEpoch) === 0) ||
    (steps !== undefined && (step + 1) % steps === 0);
}
