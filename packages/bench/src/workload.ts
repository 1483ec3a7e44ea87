import { inferenceProgram, isAdam, type Model, type Optimizer, operationCosts, trainingProgram } from "@alexnet/core";

/** What there is to do: steps of a training, or answers. */
export type Work = "training" | "inference";

/** Both kinds of work. */
export const works: readonly Work[] = ["training", "inference"];

/** A model, how many images at once, and what to do with them. Plain data: it crosses to other processes as JSON. */
export interface Workload {
  readonly model: Model;
  /** Images a step. */
  readonly batch: number;
  readonly work: Work;
  /** How weights are updated; only a training looks at it. */
  readonly optimizer: Optimizer;
}

/** A workload in a few words: `alexnet-d2l, training, batch 32`. */
export function describeWorkload({ model, batch, work, optimizer }: Workload): string {
  const how = work === "training" ? optimizerInWords(optimizer) : "";
  return `${model.name}, ${work}${how}, batch ${batch}`;
}

function optimizerInWords(optimizer: Optimizer): string {
  if (isAdam(optimizer)) return ` with ${optimizer.kind}`;
  const { momentum, weightDecay } = optimizer;
  return momentum > 0 ? ` with momentum${weightDecay > 0 ? " and weight decay" : ""}` : "";
}

/**
 * Floating-point operations of one step by the definition of its operations, a multiply-add counting as two: what the
 * arithmetic of the textbook asks for, however few an engine gets away with.
 */
export function floatingPointOperations({ model, batch, work, optimizer }: Workload): number {
  const { program } = work === "training" ? trainingProgram(model, batch, optimizer) : inferenceProgram(model, batch);
  return 2 * [...operationCosts(program).values()].reduce((sum, cost) => sum + cost, 0);
}

/** Something that can be repeated and timed: a step of a workload, or a product of two square matrices of this size. */
export type Task =
  | { readonly kind: "workload"; readonly workload: Workload }
  | { readonly kind: "matrixProduct"; readonly size: number };
