import { checkKind, checkOptions } from "../support/options.js";
import { checkBelowOne, checkDecay } from "./check.js";
import { slotOf } from "./names.js";
import type { UpdateContext, UpdateRule } from "./rule.js";

/** Stochastic gradient descent, with momentum or without. Multipliers of single parameters come from the model. */
export interface Sgd {
  /** May be left out. */
  readonly kind?: "sgd";
  /**
   * Where the learning rate stands.
   * - `"paper"` (Krizhevsky et al., 2012, section 5; Caffe): `v ← m·v − lr·(g + wd·w)`, `w ← w + v`.
   * - `"pytorch"` (`torch.optim.SGD`): `v ← m·v + g + wd·w`, `w ← w − lr·v`.
   *
   * The same thing while the learning rate is constant.
   */
  readonly convention: "paper" | "pytorch";
  /** `m`, at least 0 and below 1; with 0 no velocity is kept. */
  readonly momentum: number;
  /** `wd`, at least 0. */
  readonly weightDecay: number;
}

/** Plain stochastic gradient descent. */
export const plainSgd: Sgd = { convention: "paper", momentum: 0, weightDecay: 0 };

/** The optimizer of the 2012 paper, section 5. */
export const paperSgd: Sgd = { convention: "paper", momentum: 0.9, weightDecay: 0.0005 };

/** Throws `InvalidArgumentError` for settings that make no sense. */
export function sgdRule(optimizer: Sgd): UpdateRule {
  checkOptions("The optimizer sgd", optimizer, { kind: true, convention: true, momentum: true, weightDecay: true });
  const { convention, momentum, weightDecay } = optimizer;
  checkKind("The optimizer's convention", convention, ["paper", "pytorch"]);
  checkBelowOne("The momentum", momentum);
  checkDecay(weightDecay);
  return {
    slots: momentum === 0 ? [] : ["velocities"],
    scalars: ({ learningRate }) => ({ learningRate }),
    update(context) {
      const decay = weightDecay * context.decay;
      if (momentum === 0) plain(context, decay);
      else if (convention === "paper") paper(context, momentum, decay);
      else pytorch(context, momentum, decay);
    },
  };
}

function plain({ builder, weight, gradient, rate }: UpdateContext, weightDecay: number): void {
  const attributes = { momentum: 1, weightDecay, rate };
  const updated = `${weight}.updated`;
  builder.assign(weight, builder.apply("sgdUpdate", [weight, weight, gradient, "learningRate"], attributes, updated));
}

function paper({ builder, weight, gradient, rate }: UpdateContext, momentum: number, weightDecay: number): void {
  const velocity = slotOf(weight, "velocities");
  const attributes = { momentum, weightDecay, rate };
  const operands = [velocity, weight, gradient, "learningRate"] as const;
  const moved = builder.apply("sgdUpdate", operands, attributes, `${velocity}.updated`);
  builder.assign(velocity, moved);
  builder.assign(weight, builder.apply("add", [weight, moved], {}, `${weight}.updated`));
}

function pytorch({ builder, weight, gradient, rate }: UpdateContext, momentum: number, weightDecay: number): void {
  const velocity = slotOf(weight, "velocities");
  const gathering = { momentum, weightDecay, rate: -1 };
  const moved = builder.apply("sgdUpdate", [velocity, weight, gradient], gathering, `${velocity}.updated`);
  builder.assign(velocity, moved);
  const descent = { momentum: 1, weightDecay: 0, rate };
  const operands = [weight, weight, moved, "learningRate"] as const;
  builder.assign(weight, builder.apply("sgdUpdate", operands, descent, `${weight}.updated`));
}
