import type { BackendInfo, Tensor } from "@alexnet/core";
import { type Program, programBuilder, valueShapes } from "@alexnet/core/program";
import { caseFeed } from "../operations/operation-case.js";
import { type Truth, truthOf } from "../operations/truth.js";
import type { Values } from "../operations/values.js";
import { worstError } from "../operations/worst-error.js";
import { type Check, ConformanceError, checkPropagatesNaN, type Measurement } from "../suite/check.js";
import { runOnce } from "../suite/run-once.js";
import { EIGHT_BIT_STEPS, LAMBDA, operationBudget, ROUNDING_VARIANCE, unitRoundoff } from "../tolerance.js";

/** Rows, terms of each sum, columns; and how large the numbers are. */
type Case = readonly [rows: number, terms: number, columns: number, values: Values];

const cases: readonly Case[] = [
  [1, 1, 1, "ordinary"],
  [1, 31, 5, "ordinary"],
  [3, 32, 4, "sparse"],
  [2, 33, 7, "large"],
  [1, 300, 10, "mixed"],
  [5, 300, 3, "tiny"],
  [64, 128, 65, "ordinary"],
  [1, 4096, 33, "sparse"],
  [2, 5, 6, "zeros"],
];

/**
 * Level 2: products with a variable, as in a dense layer, which a backend may compute in other ways than those of two inputs:
 * in 8 bits (`info.eightBitBlock`), with weights laid out once.
 */
export const denseChecks: readonly Check[] = [
  ...cases.map(productCheck),
  {
    id: "operations/matmul with a variable passes NaN on",
    level: 2,
    operations: ["matmul"],
    work: 0,
    async run({ backend, seed }) {
      checkPropagatesNaN(backend);
      const { program, rows, weight } = product([3, 64, 5, "ordinary"], seed);
      rows.data[70] = Number.NaN;
      const outputs = await runOnce(backend, program, { rows }, { weight });
      for (const [position, value] of outputs.product?.data.entries() ?? []) {
        if (Number.isNaN(value) !== (position >= 5 && position < 10)) {
          throw new ConformanceError(`Of three rows, the second with a NaN, value ${position} is ${value}.`);
        }
      }
      return [];
    },
  },
];

function productCheck(given: Case): Check {
  const [height, terms, columns, values] = given;
  return {
    id: `operations/matmul with a variable, ${height}x${terms} by ${terms}x${columns}, ${values}`,
    level: 2,
    operations: ["matmul"],
    work: height * terms * columns,
    async run({ backend, seed }) {
      const { program, rows, weight } = product(given, seed);
      const truth = truthOf(program, { rows, weight }).get("product")!;
      const outputs = await runOnce(backend, program, { rows }, { weight });
      return [measured(outputs.product?.data ?? new Float32Array(), truth, { rows, weight }, program, backend.info)];
    },
  };
}

function product([rows, terms, columns, values]: Case, seed: number) {
  const builder = programBuilder(`product ${rows}x${terms}x${columns}`);
  const inputs = { rows: { shape: [rows, terms], values }, weight: { shape: [columns, terms], values } } as const;
  builder.input("rows", inputs.rows.shape);
  builder.variable("weight", inputs.weight.shape);
  builder.output(builder.apply("matmul", ["rows", "weight"], { transposeA: false, transposeB: true }), "product");
  const program = builder.build();
  const feed = caseFeed({ name: program.name, inputs, build: () => [] }, seed);
  return { program, rows: feed.rows!, weight: feed.weight! };
}

/** Each element's error against its own budget: what 8 bits add to it counts as magnitude. */
function measured(
  found: Tensor["data"],
  { value, magnitude }: Truth,
  { rows, weight }: { readonly rows: Tensor; readonly weight: Tensor },
  program: Program,
  { precision, eightBitBlock }: BackendInfo,
): Measurement {
  const budget = operationBudget(program.operations[0]!, valueShapes(program));
  const unit = unitRoundoff[precision];
  const columns = weight.shape[0]!;
  const allowed = magnitude.map((ofSum, position) => {
    if (eightBitBlock === undefined) return ofSum;
    const coarse = eightBitRounding(row(rows, Math.floor(position / columns)), row(weight, position % columns));
    return ofSum + coarse / (budget * unit);
  });
  return {
    what: "product",
    operation: "matmul",
    error: worstError(found, { value, magnitude: allowed }, unit),
    budget,
  };
}

/**
 * How far a sum of products may be off when both factors are rounded to whole numbers of 8 bits, `λ` standard deviations: a
 * step is at most the largest of the row by 127, whatever the blocks are.
 */
function eightBitRounding(a: Tensor["data"], b: Tensor["data"]): number {
  const [stepOfA, stepOfB] = [largest(a) / EIGHT_BIT_STEPS, largest(b) / EIGHT_BIT_STEPS];
  let variance = 0;
  for (const [term, factor] of a.entries()) {
    variance += (factor * stepOfB) ** 2 + (b[term]! * stepOfA) ** 2 + (stepOfA * stepOfB) ** 2 * ROUNDING_VARIANCE;
  }
  return LAMBDA * Math.sqrt(variance * ROUNDING_VARIANCE);
}

function row({ data, shape }: Tensor, index: number): Tensor["data"] {
  const width = shape[1]!;
  return data.subarray(index * width, (index + 1) * width);
}

function largest(data: Tensor["data"]): number {
  return Array.from(data, Math.abs).reduce((most, value) => Math.max(most, value), 0);
}
