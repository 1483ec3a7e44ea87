import { checkKind, fieldsOf } from "../support/options.js";
import { messageOf } from "../support/thrown.js";
import { type Shape, type Tensor, type TensorMap, zeros } from "../tensor.js";
import { type Adam, adamRule } from "./adam.js";
import { type Slot, slotOf } from "./names.js";
import type { UpdatePosition, UpdateRule } from "./rule.js";
import { type Sgd, sgdRule } from "./sgd.js";

/** How weights are updated. Plain JSON: a checkpoint holds it. */
export type Optimizer = Sgd | Adam;

/** Whether it is one of the two rules of Adam. */
export function isAdam(optimizer: Optimizer): optimizer is Adam {
  return optimizer.kind === "adam" || optimizer.kind === "adamw";
}

/** The rule of an optimizer. Throws `InvalidArgumentError` for one that makes no sense. */
export function updateRule(optimizer: Optimizer): UpdateRule {
  const { kind = "sgd" } = fieldsOf(optimizer);
  checkKind("The optimizer's kind", kind, ["sgd", "adam", "adamw"]);
  return isAdam(optimizer) ? adamRule(optimizer) : sgdRule(optimizer);
}

/** What is wrong with something that was read as an optimizer, from a file; nothing, if it is one. */
export function optimizerFault(value: unknown): string | undefined {
  try {
    updateRule(value as Optimizer); // Checks it.
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/**
 * What an optimizer keeps of every parameter, by its name in a checkpoint: `velocities` with momentum, `means` and
 * `variances` with Adam. Throws `InvalidArgumentError` for an optimizer that makes no sense.
 */
export function optimizerSlots(optimizer: Optimizer): readonly Slot[] {
  return updateRule(optimizer).slots;
}

/** What a training program with this optimizer is fed at a step, each a scalar `[]`: `learningRate`, and what Adam corrects by. */
export function optimizerScalars(optimizer: Optimizer, at: UpdatePosition): TensorMap {
  const scalars: Record<string, Tensor> = {};
  for (const [name, value] of Object.entries(updateRule(optimizer).scalars(at))) {
    scalars[name] = { shape: [], data: Float64Array.of(value) };
  }
  return scalars;
}

/** The variables in which a training program keeps what the optimizer does, as they are at first: all zeros. */
export function optimizerStart(
  optimizer: Optimizer,
  parameters: readonly { readonly name: string; readonly shape: Shape }[],
): TensorMap {
  const variables: Record<string, Tensor> = {};
  for (const slot of optimizerSlots(optimizer)) {
    for (const { name, shape } of parameters) variables[slotOf(name, slot)] = zeros(shape);
  }
  return variables;
}
