import type { Shape } from "@alexnet/core";
import { keysOf } from "@alexnet/core/support";
import { coveringArray } from "../covering.js";
import type { OperationCase } from "../operation-case.js";
import { sizesTo } from "../sizes.js";
import type { Values } from "../values.js";

const VALUES = ["ordinary", "tiny", "mixed", "zeros"] as const satisfies Values[];

/** Extents of the axes; the first so many are taken. */
const EXTENTS = {
  plain: [3, 4, 2, 5],
  "with ones": [1, 3, 1, 2],
  odd: [5, 1, 7, 3],
} as const satisfies Readonly<Record<string, Shape>>;

const extents = keysOf(EXTENTS);

const replaced = (shape: Shape, axis: number, extent: number): Shape =>
  shape.map((old, position) => (position === axis ? extent : old));

const concats = coveringArray(
  {
    rank: [1, 2, 3, 4],
    axis: [0, 1, 2, 3],
    parts: [1, 2, 3, 5],
    extents,
    /** Whether the parts differ along the axis. */
    uneven: [false, true],
    values: VALUES,
  },
  ({ rank, axis }) => axis < rank,
).map(({ rank, axis, parts, extents, uneven, values }): OperationCase => {
  const shape = EXTENTS[extents].slice(0, rank);
  const others = Array.from({ length: parts - 1 }, (_, part) => `part${part + 1}`);
  const names = ["part0", ...others] as const;
  const shapeOf = (part: number): Shape => (uneven ? replaced(shape, axis, 1 + ((2 * part + 1) % 4)) : shape);
  return {
    name: `concat ${names.map((_, part) => shapeOf(part).join("x")).join(" and ")} along ${axis}, ${values}`,
    inputs: Object.fromEntries(names.map((name, part) => [name, { shape: shapeOf(part), values }])),
    build: ({ apply }) => [apply("concat", names, { axis })],
  };
});

const twice: OperationCase = {
  name: "concat of one value twice, along every axis",
  inputs: { a: { shape: [2, 3, 2, 2] } },
  build: ({ apply }) => [0, 1, 2, 3].map((axis) => apply("concat", ["a", "a"], { axis })),
};

/** Where a part of 7 begins and ends. */
const PARTS = {
  all: [0, 7],
  first: [0, 1],
  last: [6, 7],
  "all but the first": [1, 7],
  "all but the last": [0, 6],
  middle: [2, 5],
} as const;

const slices = coveringArray(
  {
    rank: [1, 2, 3, 4],
    axis: [0, 1, 2, 3],
    part: keysOf(PARTS),
    extents,
    values: VALUES,
  },
  ({ rank, axis }) => axis < rank,
).map(({ rank, axis, part, extents, values }): OperationCase => {
  const [start, end] = PARTS[part];
  const shape = replaced(EXTENTS[extents].slice(0, rank), axis, 7);
  return {
    name: `slice ${shape.join("x")} along ${axis}, ${part}, ${values}`,
    inputs: {
      input: { shape, values },
      gradient: { shape: replaced(shape, axis, end - start), values },
    },
    build: ({ apply }) => [
      apply("slice", ["input"], { axis, start, end }),
      apply("sliceGrad", ["gradient"], { axis, start, extent: 7 }),
    ],
  };
});

const RESHAPES: readonly (readonly [from: Shape, to: Shape])[] = [
  [
    [3, 7, 2, 2],
    [7, 12],
  ],
  [[3, 7, 2, 2], [84]],
  [[84], [2, 3, 2, 7]],
  [
    [2, 6],
    [2, 3, 2],
  ],
  [
    [2, 3, 2],
    [1, 12],
  ],
  [
    [5, 4, 1, 1],
    [5, 4],
  ],
  [[1, 1, 1, 1], []],
  [[], [1]],
  [[1], [1, 1, 1, 1]],
  [
    [4, 3],
    [3, 4],
  ],
];

const reshapes = [
  ...RESHAPES,
  ...sizesTo(256).map(
    (size) =>
      [
        [size, 2],
        [2, size],
      ] as const,
  ),
].map(
  ([from, to], index): OperationCase => ({
    name: `reshape ${from.join("x") || "scalar"} to ${to.join("x") || "scalar"}`,
    inputs: { a: { shape: from, values: VALUES[index % VALUES.length]! } },
    // Computed with, before and after: a value that is only carried through may never take its shape.
    build({ apply }) {
      const doubled = apply("add", ["a", "a"], {});
      const shaped = apply("reshape", [doubled], { shape: to });
      return [shaped, apply("add", [shaped, shaped], {})];
    },
  }),
);

const bySize = [0, 1, 2, 3].map((axis): OperationCase => {
  const all = sizesTo(256).filter((size) => size > 1);
  const shapeOf = (size: number): Shape => replaced([2, 2, 2, 2], axis, size);
  return {
    name: `slice and concat along ${axis} of as many`,
    inputs: Object.fromEntries(all.map((size) => [`a ${size}`, { shape: shapeOf(size) }])),
    build: ({ apply }) =>
      all.flatMap((size) => {
        const rest = apply("slice", [`a ${size}`], { axis, start: 1, end: size }, `slice ${size}`);
        return [
          rest,
          apply("concat", [rest, `a ${size}`], { axis }, `concat ${size}`),
          apply("sliceGrad", [`a ${size}`], { axis, start: 1, extent: size + 2 }, `sliceGrad ${size}`),
        ];
      }),
  };
});

export const movementCases: readonly OperationCase[] = [...concats, twice, ...slices, ...reshapes, ...bySize];
