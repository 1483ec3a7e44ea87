import { adam, adamW, isAdam, type Optimizer, plainSgd, type Sgd } from "@alexnet/core";
import { UsageError } from "../program/errors.js";

/** The flags that decide how weights are updated. */
export interface OptimizerFlags {
  readonly optimizer?: "paper" | "pytorch" | "adam" | "adamw";
  readonly momentum?: number;
  readonly weightDecay?: number;
}

/** What the flags say of the optimizer, on top of another. Throws `UsageError` for flags that do not go together. */
export function optimizerWithFlags(base: Optimizer, flags: OptimizerFlags): Optimizer {
  const { optimizer: wanted, momentum, weightDecay } = flags;
  const decayed = weightDecay === undefined ? {} : { weightDecay };
  if (wanted === "adam" || wanted === "adamw" || (wanted === undefined && isAdam(base))) {
    if (momentum !== undefined) {
      throw new UsageError("--momentum belongs to --optimizer paper and pytorch, but the optimizer is Adam.");
    }
    const same = wanted === undefined || base.kind === wanted;
    return { ...(same ? base : wanted === "adam" ? adam : adamW), ...decayed };
  }
  const sgd = isAdam(base) ? plainSgd : base;
  return { ...sgd, ...(wanted && { convention: wanted }), ...(momentum !== undefined && { momentum }), ...decayed };
}

/** The optimizer in words: `SGD, momentum 0.9, weight decay 0.0005`. */
export function describeOptimizer(optimizer: Optimizer): string {
  const { weightDecay } = optimizer;
  const parts = [isAdam(optimizer) ? (optimizer.kind === "adam" ? "Adam" : "AdamW") : "SGD"];
  if (!isAdam(optimizer)) parts.push(...momentumInWords(optimizer));
  if (weightDecay > 0) parts.push(`weight decay ${weightDecay}`);
  return parts.join(", ");
}

function momentumInWords({ momentum, convention }: Sgd): readonly string[] {
  return momentum > 0 ? [`momentum ${momentum}${convention === "pytorch" ? " (PyTorch's convention)" : ""}`] : [];
}
