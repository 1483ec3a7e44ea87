import type { Shape4 } from "@alexnet/core";
import type { ConvolutionAttributes, Padding, Pair, ProgramBuilder } from "@alexnet/core/program";
import { keysOf } from "@alexnet/core/support";
import { coveringArray } from "../covering.js";
import type { OperationCase } from "../operation-case.js";
import { several } from "../several.js";
import { sizesTo, withOnes } from "../sizes.js";
import type { Values } from "../values.js";

interface Convolution extends Partial<ConvolutionAttributes> {
  readonly input: Shape4;
  readonly filter: Shape4;
  readonly output: Shape4;
}

const ONE: Pair = [1, 1];
const NO_PADDING: Padding = [0, 0, 0, 0];

/** A convolution and both its gradients, named after what they belong to. */
function written(
  { apply }: ProgramBuilder,
  [input, filter, gradient]: readonly [string, string, string],
  { input: images, filter: taps, stride = ONE, padding = NO_PADDING, dilation = ONE, groups = 1 }: Convolution,
  suffix = "",
): readonly string[] {
  const attributes = { stride, padding, dilation, groups };
  const inputSize: Pair = [images[2], images[3]];
  const filterSize: Pair = [taps[2], taps[3]];
  return [
    apply("conv2d", [input, filter], attributes, `conv2d${suffix}`),
    apply("conv2dGradInput", [gradient, filter], { ...attributes, inputSize }, `conv2dGradInput${suffix}`),
    apply("conv2dGradFilter", [input, gradient], { ...attributes, filterSize }, `conv2dGradFilter${suffix}`),
  ];
}

function convolution(
  name: string,
  options: Convolution,
  [input, filter, gradient]: readonly [Values, Values, Values] = ["ordinary", "ordinary", "ordinary"],
): OperationCase {
  return {
    name: `conv2d ${name}`,
    inputs: {
      input: { shape: options.input, values: input },
      filter: { shape: options.filter, values: filter },
      gradient: { shape: options.output, values: gradient },
    },
    build: (builder) => written(builder, ["input", "filter", "gradient"], options),
  };
}

/** Values of the input, the filter and the upstream gradient. */
const VALUES = {
  ordinary: ["ordinary", "ordinary", "ordinary"],
  large: ["large", "large", "large"],
  "large and tiny": ["large", "tiny", "tiny"],
  tiny: ["tiny", "tiny", "tiny"],
  mixed: ["mixed", "ordinary", "mixed"],
  zeros: ["zeros", "ordinary", "zeros"],
  subnormal: ["subnormal", "ordinary", "subnormal"],
} as const satisfies Readonly<Record<string, readonly [Values, Values, Values]>>;

const factors = {
  batch: [1, 2, 3, 65],
  inChannels: [1, 2, 3],
  outChannels: [1, 2, 5],
  groups: [1, 2, 3],
  height: [1, 2, 5],
  width: [1, 3, 4],
  filterHeight: [1, 2, 3, 4],
  filterWidth: [1, 2, 3, 5],
  strideHeight: [1, 2, 3],
  strideWidth: [1, 2, 4],
  dilationHeight: [1, 2, 3],
  dilationWidth: [1, 2, 3],
  top: [0, 1, 2],
  left: [0, 1, 3],
  bottom: [0, 1, 2],
  right: [0, 1, 3],
  /** Pixels that no window reaches. */
  rest: [0, 1],
  values: keysOf(VALUES),
} as const;

type Factors = { readonly [Name in keyof typeof factors]: (typeof factors)[Name][number] };

/** The image that such a filter covers with so many positions. */
function extent(positions: number, stride: number, filter: number, dilation: number, padding: number, rest: number) {
  return (positions - 1) * stride + dilation * (filter - 1) + 1 - padding + Math.min(rest, stride - 1);
}

function imageOf(row: Factors): Pair {
  const { top, bottom, left, right, rest } = row;
  return [
    extent(row.height, row.strideHeight, row.filterHeight, row.dilationHeight, top + bottom, rest),
    extent(row.width, row.strideWidth, row.filterWidth, row.dilationWidth, left + right, rest),
  ];
}

const covering = coveringArray(factors, (row) => imageOf(row).every((size) => size >= 1)).map((row) => {
  const { batch, groups, values } = row;
  const attributes: ConvolutionAttributes = {
    stride: [row.strideHeight, row.strideWidth],
    padding: [row.top, row.left, row.bottom, row.right],
    dilation: [row.dilationHeight, row.dilationWidth],
    groups,
  };
  const input: Shape4 = [batch, row.inChannels * groups, ...imageOf(row)];
  const filter: Shape4 = [row.outChannels * groups, row.inChannels, row.filterHeight, row.filterWidth];
  const output: Shape4 = [batch, row.outChannels * groups, row.height, row.width];
  const { stride, padding, dilation } = attributes;
  const name =
    `${input.join("x")} by ${filter.join("x")}, stride ${stride.join("x")}, padding ${padding.join()}, ` +
    `dilation ${dilation.join("x")}, groups ${groups}, ${values}`;
  return convolution(name, { input, filter, output, ...attributes }, VALUES[values]);
});

/** Several in one program. */
function convolutions(what: string, labeled: readonly (readonly [label: string, Convolution])[]): OperationCase {
  return several(
    `conv2d ${what}`,
    labeled,
    ({ input, filter, output }) => ({
      input: { shape: input },
      filter: { shape: filter },
      gradient: { shape: output },
    }),
    (builder, operand, each, suffix) =>
      written(builder, [operand("input"), operand("filter"), operand("gradient")], each, suffix),
  );
}

/** One extent takes every size, the others stay small. */
function sizes(what: string, all: readonly number[], of: (size: number) => Convolution): OperationCase {
  return convolutions(
    `of ${what}`,
    all.map((size) => [`${size}`, of(size)]),
  );
}

const ones = convolutions(
  "where extents are 1",
  withOnes(3).map(([batch, channels, height, width], index) => {
    const filters = index % 3 === 0 ? 1 : 2;
    return [
      `${batch}x${channels}x${height}x${width} by ${filters}`,
      {
        input: [batch, channels, height, width],
        filter: [filters, channels, 1, 1],
        output: [batch, filters, height, width],
      } satisfies Convolution,
    ] as const;
  }),
);

const bySize: readonly OperationCase[] = [
  sizes("as many images", sizesTo(256), (size) => ({
    input: [size, 2, 3, 4],
    filter: [3, 2, 2, 3],
    output: [size, 3, 2, 2],
  })),
  sizes("as many input channels", sizesTo(256), (size) => ({
    input: [2, size, 3, 4],
    filter: [3, size, 2, 3],
    output: [2, 3, 2, 2],
  })),
  sizes("as many filters", sizesTo(256), (size) => ({
    input: [2, 2, 3, 4],
    filter: [size, 2, 2, 3],
    output: [2, size, 2, 2],
  })),
  sizes("as many groups", sizesTo(64), (size) => ({
    input: [2, size, 3, 4],
    filter: [2 * size, 1, 2, 3],
    output: [2, 2 * size, 2, 2],
    groups: size,
  })),
  sizes("as many rows", sizesTo(256), (size) => ({
    input: [2, 2, size, 3],
    filter: [3, 2, 3, 2],
    output: [2, 3, size, 2],
    padding: [1, 0, 1, 0],
  })),
  sizes("as many columns", sizesTo(256), (size) => ({
    input: [2, 2, 3, size],
    filter: [3, 2, 2, 3],
    output: [2, 3, 2, size],
    padding: [0, 1, 0, 1],
  })),
  sizes("as many taps", sizesTo(16), (size) => ({
    input: [2, 2, size + 1, size + 2],
    filter: [3, 2, size, size],
    output: [2, 3, 2, 3],
  })),
];

/** What models have, and where engines were once found wrong. */
const known: readonly OperationCase[] = [
  convolution("11x11 stride 4", {
    input: [2, 3, 27, 31],
    filter: [8, 3, 11, 11],
    output: [2, 8, 5, 6],
    stride: [4, 4],
  }),
  convolution("11x11 stride 4 padding 1 with a remainder", {
    input: [2, 1, 24, 26],
    filter: [6, 1, 11, 11],
    output: [2, 6, 4, 5],
    stride: [4, 4],
    padding: [1, 1, 1, 1],
  }),
  convolution("5x5 padding 2 in two groups", {
    input: [3, 6, 9, 7],
    filter: [10, 3, 5, 5],
    output: [3, 10, 9, 7],
    padding: [2, 2, 2, 2],
    groups: 2,
  }),
  convolution("3x3 padding wider than the filter", {
    input: [1, 2, 4, 5],
    filter: [3, 2, 3, 3],
    output: [1, 3, 8, 9],
    padding: [3, 3, 3, 3],
  }),
  // oneDNN's gradient of such a filter wrote past its memory: an odd batch, few channels, extents the stride divides.
  convolution("1x1 stride 2 in an odd batch", {
    input: [7, 3, 36, 36],
    filter: [5, 3, 1, 1],
    output: [7, 5, 18, 18],
    stride: [2, 2],
  }),
  convolution("1x1 stride 3 by 1 in an odd batch", {
    input: [5, 2, 18, 14],
    filter: [8, 2, 1, 1],
    output: [5, 8, 6, 14],
    stride: [3, 1],
  }),
  convolution("1x1 stride 2 by 4 with uneven padding", {
    input: [3, 4, 11, 13],
    filter: [7, 4, 1, 1],
    output: [3, 7, 6, 4],
    stride: [2, 4],
    padding: [1, 0, 0, 3],
  }),
  // oneDNN read past a batch of images of one channel that the filter fits once across.
  convolution("one column of one channel, stride 1 by 4", {
    input: [2, 1, 10, 6],
    filter: [3, 1, 3, 5],
    output: [2, 3, 8, 1],
    stride: [1, 4],
  }),
  convolution("one row of one channel, stride 3 by 1", {
    input: [3, 1, 4, 9],
    filter: [2, 1, 3, 2],
    output: [3, 2, 1, 8],
    stride: [3, 1],
  }),
  convolution("as large as the image", { input: [2, 3, 6, 5], filter: [4, 3, 6, 5], output: [2, 4, 1, 1] }),
  convolution("1x1 past 2^24 elements", {
    input: [1, 1, 2900, 2900],
    filter: [2, 1, 1, 1],
    output: [1, 2, 2900, 2900],
  }),
];

/** Large enough for algorithms that do fewer products, which are no gain on small ones. */
const large: readonly OperationCase[] = [
  convolution("3x3 of many channels", {
    input: [12, 128, 8, 8],
    filter: [128, 128, 3, 3],
    output: [12, 128, 8, 8],
    padding: [1, 1, 1, 1],
  }),
  convolution(
    "5x5 of many channels, mixed",
    {
      input: [8, 64, 12, 12],
      filter: [96, 64, 5, 5],
      output: [8, 96, 12, 12],
      padding: [1, 3, 3, 1],
    },
    VALUES.mixed,
  ),
  convolution("3x3 of many channels in two groups", {
    input: [16, 192, 8, 8],
    filter: [192, 96, 3, 3],
    output: [16, 192, 8, 8],
    padding: [1, 1, 1, 1],
    groups: 2,
  }),
];

export const convolutionCases: readonly OperationCase[] = [...known, ...large, ...covering, ones, ...bySize];
