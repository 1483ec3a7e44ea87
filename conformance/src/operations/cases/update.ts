import type { Shape } from "@alexnet/core";
import type { ProgramBuilder } from "@alexnet/core/program";
import { keysOf } from "@alexnet/core/support";
import { coveringArray } from "../covering.js";
import type { Operand, OperationCase } from "../operation-case.js";
import { elementCounts } from "../sizes.js";
import type { Values } from "../values.js";

/** Where a gradient comes from: engines compute it and the update in one go. */
const SOURCES = {
  given: { shape: undefined, inputs: {}, write: () => "gradient" },
  "a product": {
    shape: [7, 13],
    inputs: { a: { shape: [4, 7] }, b: { shape: [4, 13] } },
    write: ({ apply }) => apply("matmul", ["a", "b"], { transposeA: true, transposeB: false }),
  },
  "a filter": {
    shape: [4, 3, 2, 2],
    inputs: { images: { shape: [5, 3, 4, 4] }, upstream: { shape: [5, 4, 3, 3] } },
    write: ({ apply }) =>
      apply("conv2dGradFilter", ["images", "upstream"], {
        stride: [1, 1],
        padding: [0, 0, 0, 0],
        dilation: [1, 1],
        groups: 1,
        filterSize: [2, 2],
      }),
  },
  "a bias": {
    shape: [6],
    inputs: { upstream: { shape: [5, 6, 2, 2] } },
    write: ({ apply }) => apply("biasGrad", ["upstream"], {}),
  },
} as const satisfies Readonly<
  Record<
    string,
    {
      readonly shape: Shape | undefined;
      readonly inputs: Readonly<Record<string, Operand>>;
      write(builder: ProgramBuilder): string;
    }
  >
>;

const RATES = { none: undefined, zero: [0, 0], small: [0.001, 0.1], one: [1, 1] } as const;

const covering = coveringArray({
  momentum: [0, 0.9, 1],
  weightDecay: [0, 0.01, 0.5],
  rate: [0, 1, -1, 2],
  learningRate: keysOf(RATES),
  gradient: keysOf(SOURCES),
  shape: [[1], [65], [7, 13], [2, 3, 1, 5]] as const satisfies Shape[],
  /** Whether the weight updates itself, as in plain descent. */
  itself: [false, true],
  values: ["ordinary", "large", "tiny", "zeros"] as const,
}).map((row): OperationCase => {
  const { momentum, weightDecay, rate, learningRate, gradient, itself, values } = row;
  const source = SOURCES[gradient];
  const shape = source.shape ?? row.shape;
  const drawn: Readonly<Record<string, Operand>> = { target: { shape, values }, weight: { shape, values } };
  const scalar = RATES[learningRate];
  return {
    name:
      `sgdUpdate ${shape.join("x")} of ${itself ? "itself" : "another"}, gradient of ${gradient}, ` +
      `momentum ${momentum}, weight decay ${weightDecay}, rate ${rate}, learning rate ${learningRate}, ${values}`,
    inputs: {
      ...drawn,
      ...(gradient === "given" ? { gradient: { shape, values } } : source.inputs),
      ...(scalar && { learningRate: { shape: [], values: scalar } }),
    },
    build(builder) {
      const operands = [itself ? "weight" : "target", "weight", source.write(builder)] as const;
      const attributes = { momentum, weightDecay, rate };
      return [builder.apply("sgdUpdate", scalar ? [...operands, "learningRate"] : operands, attributes)];
    },
  };
});

const values: Values = "ordinary";

const bySize: OperationCase = {
  name: "sgdUpdate of as many values",
  inputs: Object.fromEntries([
    ["learningRate", { shape: [], values: [0.1, 0.2] as const }],
    ...elementCounts.flatMap((size) =>
      ["target", "weight", "gradient"].map((name) => [`${name} ${size}`, { shape: [size], values }]),
    ),
  ]),
  build: ({ apply }) =>
    elementCounts.map((size) =>
      apply(
        "sgdUpdate",
        [`target ${size}`, `weight ${size}`, `gradient ${size}`, "learningRate"],
        { momentum: 0.9, weightDecay: 0.01, rate: 1 },
        `sgdUpdate ${size}`,
      ),
    ),
};

export const updateCases: readonly OperationCase[] = [...covering, bySize];
