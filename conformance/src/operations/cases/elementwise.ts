import type { Shape } from "@alexnet/core";
import type { ProgramBuilder } from "@alexnet/core/program";
import type { Operand, OperationCase } from "../operation-case.js";
import { sizesTo } from "../sizes.js";
import type { Values } from "../values.js";

/** What is done with a value `a` and another one, `b`, of the same shape. */
interface Elementwise {
  readonly name: string;
  readonly values: readonly Values[];
  /** Of `b`, in turn, where not those of `a`. */
  readonly others?: readonly Values[];
  write(builder: ProgramBuilder, a: string, b: string): readonly string[];
}

/** Both tails of a function that is flat there, and what lies between. */
const SATURATING = ["tiny", "zeros", "subnormal", [-4, 4], [-100, 100], [-1e4, 1e4]] as const satisfies Values[];
const ANY = ["ordinary", "large", "tiny", "mixed", "zeros", "subnormal"] as const satisfies Values[];

/** What comes from above, where a gradient is taken. */
const UPSTREAM = ["ordinary", "sparse", "mixed", "tiny"] as const satisfies Values[];

const FACTORS = [0, 1, -1, -0.3, 2 ** 20, 2 ** -20] as const;

const operations: readonly Elementwise[] = [
  {
    name: "relu",
    values: ["distinct", "negative", "bits", "large", "tiny", "mixed", "zeros"],
    others: UPSTREAM,
    write: ({ apply }, a, b) => activated(apply("relu", [a], {}), (y) => apply("reluGrad", [y, b], {})),
  },
  {
    name: "sigmoid",
    values: SATURATING,
    others: UPSTREAM,
    write: ({ apply }, a, b) => activated(apply("sigmoid", [a], {}), (y) => apply("sigmoidGrad", [y, b], {})),
  },
  {
    name: "tanh",
    values: SATURATING,
    others: UPSTREAM,
    write: ({ apply }, a, b) => activated(apply("tanh", [a], {}), (y) => apply("tanhGrad", [y, b], {})),
  },
  {
    name: "add",
    values: ANY,
    write: ({ apply }, a, b) => [apply("add", [a, b], {}), apply("add", [a, a], {}), apply("add", [b, a], {})],
  },
  {
    name: "multiply",
    values: ANY,
    write: ({ apply }, a, b) => [apply("multiply", [a, b], {}), apply("multiply", [b, b], {})],
  },
  {
    name: "scale",
    values: ANY,
    write: ({ apply }, a, b) => FACTORS.map((factor, turn) => apply("scale", [turn % 2 === 0 ? a : b], { factor })),
  },
];

function activated(output: string, gradient: (output: string) => string): readonly string[] {
  return [output, gradient(output)];
}

const SHAPES = [[], [1], [5], [2, 3], [1, 4, 3], [2, 3, 5, 7], [3, 1, 1, 1]] as const satisfies Shape[];

function elementwise(
  { name, write }: Elementwise,
  what: string,
  shapes: Readonly<Record<string, Shape>>,
  values: Values,
  other: Values,
): OperationCase {
  const entries = Object.entries(shapes);
  return {
    name: `${name} ${what}`,
    inputs: Object.fromEntries(
      entries.flatMap(([label, shape]): [string, Operand][] => [
        [`a ${label}`, { shape, values }],
        [`b ${label}`, { shape, values: other }],
      ]),
    ),
    build: (builder) => entries.flatMap(([label]) => write(builder, `a ${label}`, `b ${label}`)),
  };
}

const shapes = Object.fromEntries(SHAPES.map((shape) => [shape.join("x") || "scalar", shape]));

const byValue = operations.flatMap((operation) =>
  operation.values.map((values, index) => {
    const { others = [values] } = operation;
    const what = typeof values === "string" ? values : `from ${values.join(" to ")}`;
    return elementwise(operation, what, shapes, values, others[index % others.length]!);
  }),
);

const extents = Object.fromEntries(
  sizesTo(65_536)
    .filter((size) => size < 2000 || size > 60_000)
    .map((size): [string, Shape] => [`${size}`, [size]]),
);

const bySize = operations.map((operation) =>
  elementwise(operation, "of as many values", extents, "distinct", "ordinary"),
);

export const elementwiseCases: readonly OperationCase[] = [...byValue, ...bySize];
