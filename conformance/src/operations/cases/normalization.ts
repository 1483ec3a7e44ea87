import type { Shape } from "@alexnet/core";
import type { LrnAttributes, ProgramBuilder } from "@alexnet/core/program";
import { keysOf } from "@alexnet/core/support";
import { coveringArray } from "../covering.js";
import type { OperationCase } from "../operation-case.js";
import { several } from "../several.js";
import { sizesTo, withOnes } from "../sizes.js";
import type { Values } from "../values.js";

function written(
  { apply }: ProgramBuilder,
  [input, gradient]: readonly [string, string],
  attributes: LrnAttributes,
  suffix = "",
): readonly string[] {
  const normalized = apply("lrn", [input], attributes, `lrn${suffix}`);
  return [normalized, apply("lrnGrad", [input, normalized, gradient], attributes, `lrnGrad${suffix}`)];
}

function normalization(name: string, shape: Shape, attributes: LrnAttributes, values: Values): OperationCase {
  return {
    name: `lrn ${name}`,
    inputs: { input: { shape, values }, gradient: { shape } },
    build: (builder) => written(builder, ["input", "gradient"], attributes),
  };
}

const VALUES = {
  ordinary: [-9, 9],
  large: "large",
  tiny: "tiny",
  mixed: "mixed",
  zeros: "zeros",
  subnormal: "subnormal",
} as const satisfies Readonly<Record<string, Values>>;

const covering = coveringArray({
  batch: [1, 2, 3],
  channels: [1, 2, 5, 9, 17],
  image: [[1, 1] as const, [3, 2] as const, [1, 5] as const],
  size: [1, 3, 5, 7],
  k: [0.5, 1, 2],
  alpha: [1e-4, 0.1, 1],
  beta: [0.25, 0.5, 0.75, 1, 1.5],
  values: keysOf(VALUES),
}).map(({ batch, channels, image, values, ...attributes }) => {
  const shape = [batch, channels, ...image];
  const { size, k, alpha, beta } = attributes;
  const name = `${shape.join("x")}, size ${size}, k ${k}, alpha ${alpha}, beta ${beta}, ${values}`;
  return normalization(name, shape, attributes, VALUES[values]);
});

const STRONG = { size: 5, k: 1, alpha: 0.5, beta: 0.75 } as const;

/** One extent takes every size, the others stay small. */
function sizes(what: string, of: (size: number) => Shape): OperationCase {
  return normalizations(`of ${what}`, sizesTo(256).map(of));
}

function normalizations(what: string, shapes: readonly Shape[]): OperationCase {
  return several(
    `lrn ${what}`,
    shapes.map((shape) => [shape.join("x"), shape] as const),
    (shape) => ({ input: { shape, values: [-9, 9] }, gradient: { shape } }),
    (builder, operand, _, suffix) => written(builder, [operand("input"), operand("gradient")], STRONG, suffix),
  );
}

export const normalizationCases: readonly OperationCase[] = [
  normalization("as in the paper", [2, 9, 4, 3], { size: 5, k: 2, alpha: 1e-4, beta: 0.75 }, [-99, 99]),
  ...covering,
  normalizations("where extents are 1", withOnes(3)),
  sizes("as many images", (size) => [size, 3, 2, 1]),
  sizes("as many channels", (size) => [2, size, 1, 2]),
  sizes("as many rows", (size) => [2, 3, size, 2]),
  sizes("as many columns", (size) => [1, 3, 2, size]),
];
