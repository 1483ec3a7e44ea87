import { InvalidArgumentError } from "../errors.js";
import { checkOptions, describeValue } from "../support/options.js";
import { checkBelowOne, checkDecay } from "./check.js";
import { slotOf } from "./names.js";
import type { UpdateContext, UpdateRule } from "./rule.js";

/**
 * Adam (Kingma and Ba, 2015, algorithm 1) and AdamW (Loshchilov and Hutter, 2019, algorithm 2), as in `torch.optim`. They
 * want a smaller learning rate than plain descent does: 0.001 is usual.
 *
 * `m ← β₁·m + (1 − β₁)·g`, `v ← β₂·v + (1 − β₂)·g²`, `w ← w − lr·m̂ / (√v̂ + ε)` with `m̂ = m / (1 − β₁ᵗ)` and
 * `v̂ = v / (1 − β₂ᵗ)`, `t` counting steps from 1. Multipliers of single parameters come from the model.
 */
export interface Adam {
  /**
   * What the weight decay pulls at.
   * - `"adam"`: the gradient, `g ← g + wd·w`, so that it is averaged and divided too.
   * - `"adamw"`: the weights themselves, `w ← w − lr·wd·w`, before the step.
   */
  readonly kind: "adam" | "adamw";
  /** `β₁`, how much of the mean of the gradients stays; at least 0 and below 1. */
  readonly beta1: number;
  /** `β₂`, how much of the mean of their squares stays; at least 0 and below 1. */
  readonly beta2: number;
  /** `ε`, above 0. */
  readonly epsilon: number;
  /** `wd`, at least 0. */
  readonly weightDecay: number;
}

/** Adam as `torch.optim.Adam` has it unless told otherwise. */
export const adam: Adam = { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 };

/** AdamW as `torch.optim.AdamW` has it unless told otherwise. */
export const adamW: Adam = { ...adam, kind: "adamw", weightDecay: 0.01 };

/** Throws `InvalidArgumentError` for settings that make no sense. */
export function adamRule(optimizer: Adam): UpdateRule {
  const { kind, beta1, beta2, epsilon, weightDecay } = optimizer;
  const known = { kind: true, beta1: true, beta2: true, epsilon: true, weightDecay: true } as const;
  checkOptions(`The optimizer ${kind}`, optimizer, known);
  checkBelowOne("The optimizer's beta1", beta1);
  checkBelowOne("The optimizer's beta2", beta2);
  if (!(epsilon > 0 && Number.isFinite(epsilon))) {
    throw new InvalidArgumentError(
      `The optimizer's epsilon must be a number greater than 0; got ${describeValue(epsilon)}.`,
    );
  }
  checkDecay(weightDecay);
  return {
    slots: ["means", "variances"],
    scalars: ({ step, learningRate }) => ({
      learningRate,
      stepSize: learningRate / (1 - beta1 ** (step + 1)),
      rootCorrection: 1 / Math.sqrt(1 - beta2 ** (step + 1)),
    }),
    update(context) {
      const { builder, weight, rate } = context;
      const decay = weightDecay * context.decay;
      const mean = slotOf(weight, "means");
      const variance = slotOf(weight, "variances");
      const gradient = kind === "adam" ? withDecay(context, decay) : context.gradient;
      const square = builder.apply("multiply", [gradient, gradient], {}, `${weight}.square`);
      const newMean = average(context, mean, gradient, beta1);
      const newVariance = average(context, variance, square, beta2);
      const base = kind === "adamw" ? decayed(context, decay) : weight;
      const operands = [base, newMean, newVariance, "stepSize", "rootCorrection"] as const;
      builder.assign(weight, builder.apply("adamUpdate", operands, { epsilon, rate }, `${weight}.updated`));
      builder.assign(mean, newMean);
      builder.assign(variance, newVariance);
    },
  };
}

/** `g + wd·w` */
function withDecay({ builder, weight, gradient }: UpdateContext, decay: number): string {
  if (decay === 0) return gradient;
  const pull = { momentum: 1, weightDecay: 0, rate: -decay };
  return builder.apply("sgdUpdate", [gradient, weight, weight], pull, `${weight}.slope`);
}

/** `w − lr·wd·w` */
function decayed({ builder, weight, rate }: UpdateContext, decay: number): string {
  if (decay === 0) return weight;
  const pull = { momentum: 1, weightDecay: 0, rate: rate * decay };
  return builder.apply("sgdUpdate", [weight, weight, weight, "learningRate"], pull, `${weight}.decayed`);
}

/** `β·a + (1 − β)·x` */
function average({ builder, weight }: UpdateContext, kept: string, value: string, beta: number): string {
  const attributes = { momentum: beta, weightDecay: 0, rate: beta - 1 };
  return builder.apply("sgdUpdate", [kept, weight, value], attributes, `${kept}.updated`);
}
