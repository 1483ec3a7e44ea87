import { type Shape4, sizeOf } from "@alexnet/core";
import type { Padding, Pair, ProgramBuilder } from "@alexnet/core/program";
import { coveringArray } from "../covering.js";
import type { OperationCase } from "../operation-case.js";
import { several } from "../several.js";
import { sizesTo, withOnes } from "../sizes.js";
import type { Values } from "../values.js";

interface Pooling {
  readonly input: Shape4;
  readonly output: Shape4;
  readonly window: Pair;
  readonly stride: Pair;
  readonly padding?: Padding;
}

type Kind = "maxPool" | "avgPool";

/** A pooling and its gradient, named after what they belong to. */
function written(
  { apply }: ProgramBuilder,
  kind: Kind,
  [input, gradient]: readonly [string, string],
  { input: images, window, stride, padding = [0, 0, 0, 0] }: Pooling,
  suffix = "",
): readonly string[] {
  const [forward, backward] = [`${kind}${suffix}`, `${kind}Grad${suffix}`];
  if (kind === "maxPool") {
    const attributes = { window, stride, padding };
    const pooled = apply("maxPool", [input], attributes, forward);
    return [pooled, apply("maxPoolGrad", [input, pooled, gradient], attributes, backward)];
  }
  const inputSize: Pair = [images[2], images[3]];
  return [
    apply("avgPool", [input], { window, stride }, forward),
    apply("avgPoolGrad", [gradient], { window, stride, inputSize }, backward),
  ];
}

function pooling(kind: Kind, name: string, options: Pooling, values: Values, gradient: Values): OperationCase {
  return {
    name: `${kind} ${name}`,
    inputs: {
      input: { shape: options.input, values },
      gradient: { shape: options.output, values: gradient },
    },
    build: (builder) => written(builder, kind, ["input", "gradient"], options),
  };
}

const factors = {
  batch: [1, 2, 3],
  channels: [1, 2, 3],
  height: [1, 2, 4],
  width: [1, 3, 5],
  windowHeight: [1, 2, 3, 4],
  windowWidth: [1, 2, 3, 5],
  strideHeight: [1, 2, 3],
  strideWidth: [1, 2, 4],
  /** Pixels that no window reaches. */
  rest: [0, 1],
} as const;

const paddings = { top: [0, 1, 2], left: [0, 1, 2], bottom: [0, 1, 2], right: [0, 1, 2] } as const;

type Factors = { readonly [Name in keyof typeof factors]: (typeof factors)[Name][number] };

function poolingOf(row: Factors, [top, left, bottom, right]: Padding): Pooling {
  const { batch, channels, height, width, rest } = row;
  const rows = (height - 1) * row.strideHeight + row.windowHeight - top - bottom + Math.min(rest, row.strideHeight - 1);
  const columns = (width - 1) * row.strideWidth + row.windowWidth - left - right + Math.min(rest, row.strideWidth - 1);
  return {
    input: [batch, channels, rows, columns],
    output: [batch, channels, height, width],
    window: [row.windowHeight, row.windowWidth],
    stride: [row.strideHeight, row.strideWidth],
    padding: [top, left, bottom, right],
  };
}

/** Every window holds a pixel, as it must: padding is less than the window, and the image is there. */
function fits({ input, window, padding = [0, 0, 0, 0] }: Pooling): boolean {
  const [rows, columns] = [input[2]!, input[3]!];
  const less = padding.every((extent, side) => extent < window[side % 2]!);
  // The values are ranked, and few enough to stay apart.
  return less && rows >= 1 && columns >= 1 && sizeOf(input) <= 1000;
}

function named({ input, window, stride, padding }: Pooling, values: Values): string {
  const padded = padding ? `, padding ${padding.join()}` : "";
  return `${input.join("x")}, window ${window.join("x")}, stride ${stride.join("x")}${padded}, ${values}`;
}

const padOf = (row: { readonly [Side in keyof typeof paddings]: number }): Padding => [
  row.top,
  row.left,
  row.bottom,
  row.right,
];

const maxPools = coveringArray(
  { ...factors, ...paddings, values: ["distinct", "negative", "slight", "tied", "bits"] as const },
  (row) => fits(poolingOf(row, padOf(row))),
).map((row) => {
  const options = poolingOf(row, padOf(row));
  return pooling("maxPool", named(options, row.values), options, row.values, "sparse");
});

const avgPools = coveringArray(
  { ...factors, values: ["ordinary", "large", "tiny", "mixed", "zeros", "subnormal"] as const },
  (row) => fits(poolingOf(row, [0, 0, 0, 0])),
).map((row) => {
  const { padding: _, ...options } = poolingOf(row, [0, 0, 0, 0]);
  return pooling("avgPool", named(options, row.values), options, row.values, row.values);
});

/** Several in one program. */
function poolings(
  kind: Kind,
  what: string,
  labeled: readonly (readonly [label: string, Pooling])[],
  values: Values = "distinct",
): OperationCase {
  return several(
    `${kind} ${what}`,
    labeled,
    ({ input, output }) => ({ input: { shape: input, values }, gradient: { shape: output } }),
    (builder, operand, each, suffix) => written(builder, kind, [operand("input"), operand("gradient")], each, suffix),
  );
}

/** One extent takes every size, the others stay small. */
function sizes(kind: Kind, what: string, all: readonly number[], of: (size: number) => Pooling): OperationCase {
  return poolings(
    kind,
    `of ${what}`,
    all.map((size) => [`${size}`, of(size)] as const),
  );
}

/** What a window of 3 fits into, so that now the image and now the pooled one takes every size. */
const LENGTHS = [...new Set(sizesTo(256).flatMap((size) => [size, size + 2]))].filter((size) => size >= 3);

/** Any of the extents 1, the window too; strides then step over what is more. */
function ones(kind: Kind): OperationCase {
  const strided = withOnes(3).map((input) => {
    const [images, channels, height] = input;
    const output = [images, channels, height === 3 ? 2 : 1, 1] as const;
    return [input.join("x"), { input, output, window: [1, 1], stride: [2, 3] }] as const;
  });
  return poolings(kind, "where extents are 1", strided);
}

const bySize = (["maxPool", "avgPool"] as const).flatMap((kind) => [
  ones(kind),
  sizes(kind, "as many images", sizesTo(256), (size) => ({
    input: [size, 2, 3, 4],
    output: [size, 2, 2, 2],
    window: [2, 3],
    stride: [1, 1],
  })),
  sizes(kind, "as many channels", sizesTo(256), (size) => ({
    input: [2, size, 3, 4],
    output: [2, size, 2, 2],
    window: [2, 3],
    stride: [1, 1],
  })),
  sizes(kind, "as many rows", LENGTHS, (size) => ({
    input: [2, 2, size, 3],
    output: [2, 2, size - 2, 2],
    window: [3, 2],
    stride: [1, 1],
  })),
  sizes(kind, "as many columns", LENGTHS, (size) => ({
    input: [2, 2, 3, size],
    output: [2, 2, 2, size - 2],
    window: [2, 3],
    stride: [1, 1],
  })),
  sizes(kind, "as large a window", sizesTo(16), (size) => ({
    input: [2, 2, size + 1, size + 2],
    output: [2, 2, 2, 3],
    window: [size, size],
    stride: [1, 1],
  })),
]);

/** Where a pooling that begins with some very low number, and not with none, gives that number. */
const abysmal = poolings(
  "maxPool",
  "of numbers far below 0",
  [
    ["padded", { input: [2, 1, 2, 3], output: [2, 1, 1, 5], window: [3, 3], stride: [3, 1], padding: [2, 2, 0, 2] }],
    ["plain", { input: [1, 3, 5, 4], output: [1, 3, 2, 3], window: [3, 2], stride: [2, 1] }],
    ["of one", { input: [1, 2, 3, 3], output: [1, 2, 2, 3], window: [1, 1], stride: [2, 1] }],
  ],
  "abysmal",
);

export const poolingCases: readonly OperationCase[] = [abysmal, ...maxPools, ...avgPools, ...bySize];
