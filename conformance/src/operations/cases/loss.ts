import type { Shape } from "@alexnet/core";
import type { ProgramBuilder } from "@alexnet/core/program";
import { keysOf } from "@alexnet/core/support";
import { coveringArray } from "../covering.js";
import type { OperationCase } from "../operation-case.js";
import { sizesTo } from "../sizes.js";
import type { Values } from "../values.js";

function written(
  { apply }: ProgramBuilder,
  [logits, labels]: readonly [string, string],
  suffix = "",
): readonly string[] {
  return [
    apply("softmax", [logits], {}, `softmax${suffix}`),
    apply("softmaxCrossEntropy", [logits, labels], {}, `softmaxCrossEntropy${suffix}`),
    apply("softmaxCrossEntropyGrad", [logits, labels], {}, `softmaxCrossEntropyGrad${suffix}`),
  ];
}

/** From indifference to certainty, and where an exponential overflows, underflows, or would unless shifted. */
const LOGITS = {
  equal: [0, 0],
  tiny: "tiny",
  ordinary: [-4, 4],
  wide: [0, 30],
  extreme: [-1000, 1000],
  high: [1000, 1010],
  low: [-1010, -1000],
  subnormal: "subnormal",
} as const satisfies Readonly<Record<string, Values>>;

/** One-hot, distributions that do not add up to 1, and none at all. */
const LABELS = {
  "one-hot": "oneHot",
  soft: [0, 1],
  "no labels": [0, 0],
} as const satisfies Readonly<Record<string, Values>>;

const covering = coveringArray({
  examples: [1, 2, 5, 65],
  classes: [1, 2, 3, 10, 65],
  logits: keysOf(LOGITS),
  labels: keysOf(LABELS),
}).map(({ examples, classes, logits, labels }): OperationCase => {
  const shape = [examples, classes];
  return {
    name: `softmax and cross-entropy ${shape.join("x")}, ${logits} logits, ${labels}`,
    inputs: { logits: { shape, values: LOGITS[logits] }, labels: { shape, values: LABELS[labels] } },
    build: (builder) => written(builder, ["logits", "labels"]),
  };
});

const bySize = (
  [
    ["examples", (size: number): Shape => [size, 3]],
    ["classes", (size: number): Shape => [3, size]],
  ] as const
).map(([what, shapeOf]): OperationCase => {
  const all = sizesTo(1024);
  return {
    name: `softmax and cross-entropy of as many ${what}`,
    inputs: Object.fromEntries(
      all.flatMap((size) => [
        [`logits ${size}`, { shape: shapeOf(size), values: [-4, 4] as const }],
        [`labels ${size}`, { shape: shapeOf(size), values: [0, 1] as const }],
      ]),
    ),
    build: (builder) => all.flatMap((size) => written(builder, [`logits ${size}`, `labels ${size}`], ` ${size}`)),
  };
});

export const lossCases: readonly OperationCase[] = [...covering, ...bySize];
