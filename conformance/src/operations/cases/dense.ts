import type { Shape } from "@alexnet/core";
import type { ProgramBuilder } from "@alexnet/core/program";
import { keysOf } from "@alexnet/core/support";
import { coveringArray } from "../covering.js";
import type { OperationCase } from "../operation-case.js";
import { sizesTo } from "../sizes.js";
import type { Values } from "../values.js";

interface Product {
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  readonly transposeA: boolean;
  readonly transposeB: boolean;
}

function factorShapes({ rows, inner, columns, transposeA, transposeB }: Product): readonly [Shape, Shape] {
  return [transposeA ? [inner, rows] : [rows, inner], transposeB ? [columns, inner] : [inner, columns]];
}

function transposed({ transposeA, transposeB }: Product): string {
  return `${transposeA ? " transposed" : ""} by${transposeB ? " transposed" : ""}`;
}

const VALUES = {
  ordinary: ["ordinary", "ordinary"],
  large: ["large", "large"],
  tiny: ["tiny", "tiny"],
  "large and tiny": ["large", "tiny"],
  mixed: ["mixed", "ordinary"],
  zeros: ["zeros", "ordinary"],
  subnormal: ["subnormal", "ordinary"],
} as const satisfies Readonly<Record<string, readonly [Values, Values]>>;

const products = coveringArray({
  rows: [1, 2, 5, 17, 65],
  inner: [1, 2, 4, 16, 67],
  columns: [1, 2, 3, 16, 64, 66],
  transposeA: [false, true],
  transposeB: [false, true],
  values: keysOf(VALUES),
}).map((row): OperationCase => {
  const [a, b] = factorShapes(row);
  const [valuesOfA, valuesOfB] = VALUES[row.values];
  return {
    name: `matmul ${row.rows}x${row.inner}x${row.columns},${transposed(row)}, ${row.values}`,
    inputs: { a: { shape: a, values: valuesOfA }, b: { shape: b, values: valuesOfB } },
    build: ({ apply }) => [apply("matmul", ["a", "b"], { transposeA: row.transposeA, transposeB: row.transposeB })],
  };
});

const TRANSPOSES = [false, true].flatMap((transposeA) =>
  [false, true].map((transposeB) => ({ transposeA, transposeB })),
);

/** One extent takes every size, the others stay small. */
const productsBySize = (["rows", "inner", "columns"] as const).flatMap((extent) =>
  TRANSPOSES.map((transposes): OperationCase => {
    const all = [...sizesTo(256), 1023, 1024, 1025];
    const productOf = (size: number): Product => ({ rows: 2, inner: 3, columns: 4, ...transposes, [extent]: size });
    return {
      name: `matmul${transposed(productOf(1))}, of as many ${extent}`,
      inputs: Object.fromEntries(
        all.flatMap((size) => {
          const [a, b] = factorShapes(productOf(size));
          return [
            [`a ${size}`, { shape: a }],
            [`b ${size}`, { shape: b }],
          ];
        }),
      ),
      build: ({ apply }) =>
        all.map((size) => apply("matmul", [`a ${size}`, `b ${size}`], transposes, `matmul ${size}`)),
    };
  }),
);

function biased({ apply }: ProgramBuilder, [input, bias]: readonly [string, string], suffix = ""): readonly string[] {
  return [apply("addBias", [input, bias], {}, `addBias${suffix}`), apply("biasGrad", [input], {}, `biasGrad${suffix}`)];
}

const biases = coveringArray({
  batch: [1, 2, 3, 65],
  channels: [1, 2, 5, 16],
  image: [[], [4], [1, 1], [3, 2], [1, 7]] as const satisfies Shape[],
  values: ["ordinary", "large", "tiny", "mixed", "zeros", "subnormal"] as const,
}).map(({ batch, channels, image, values }): OperationCase => {
  const shape = [batch, channels, ...image];
  return {
    name: `addBias ${shape.join("x")}, ${values}`,
    inputs: { input: { shape, values }, bias: { shape: [channels], values } },
    build: (builder) => biased(builder, ["input", "bias"]),
  };
});

const biasesBySize = (
  [
    ["images", (size: number) => [size, 3, 2, 2]],
    ["channels", (size: number) => [2, size, 2, 1]],
    ["pixels", (size: number) => [2, 3, 1, size]],
    ["examples", (size: number) => [size, 3]],
    ["features", (size: number) => [3, size]],
  ] as const
).map(([what, shapeOf]): OperationCase => {
  const all = sizesTo(1024);
  return {
    name: `addBias of as many ${what}`,
    inputs: Object.fromEntries(
      all.flatMap((size) => [
        [`input ${size}`, { shape: shapeOf(size) }],
        [`bias ${size}`, { shape: [shapeOf(size)[1]!] }],
      ]),
    ),
    build: (builder) => all.flatMap((size) => biased(builder, [`input ${size}`, `bias ${size}`], ` ${size}`)),
  };
});

/** Engines fuse them. */
const fused: OperationCase = {
  name: "addBias after a convolution and a product",
  inputs: {
    input: { shape: [3, 2, 4, 4] },
    filter: { shape: [5, 2, 3, 3] },
    bias: { shape: [5] },
    a: { shape: [3, 7] },
    b: { shape: [5, 7] },
  },
  build({ apply }) {
    const convolved = apply("conv2d", ["input", "filter"], {
      stride: [1, 1],
      padding: [0, 0, 0, 0],
      dilation: [1, 1],
      groups: 1,
    });
    const product = apply("matmul", ["a", "b"], { transposeA: false, transposeB: true });
    return [apply("addBias", [convolved, "bias"], {}), apply("addBias", [product, "bias"], {})];
  },
};

export const denseCases: readonly OperationCase[] = [...products, ...productsBySize, ...biases, ...biasesBySize, fused];
