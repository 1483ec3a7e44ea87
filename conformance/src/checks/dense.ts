import {
  type Backend,
  type BackendInfo,
  type Program,
  programBuilder,
  type Tensor,
  type TensorMap,
} from "@alexnet/core";
import { caseFeed } from "../operations/operation-case.js";
import { type Truth, truthOf } from "../operations/truth.js";
import type { Values } from "../operations/values.js";
import { type Check, ConformanceError, type Measurement, NotApplicable } from "../suite/check.js";
import {
  ABSOLUTE_FLOOR,
  EIGHT_BIT_STEPS,
  LAMBDA,
  operationBudget,
  ROUNDING_VARIANCE,
  unitRoundoff,
} from "../tolerance.js";

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
      if (backend.info.propagatesNaN === false) {
        throw new NotApplicable(`${backend.info.name} does not promise what becomes of NaN (info.propagatesNaN).`);
      }
      const { program, rows, weight } = product([3, 64, 5, "ordinary"], seed);
      rows.data[70] = Number.NaN;
      const data = await multiply(backend, program, { rows }, { weight });
      for (const [position, value] of data.entries()) {
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
      const truth = truthOf(program, { rows, weight }).get("product") as Truth;
      const found = await multiply(backend, program, { rows }, { weight });
      return [measured(found, truth, { rows, weight }, program, backend.info)];
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
  return { program, rows: feed.rows as Tensor, weight: feed.weight as Tensor };
}

async function multiply(
  backend: Backend,
  program: Program,
  feed: TensorMap,
  values: TensorMap,
): Promise<Tensor["data"]> {
  const executable = await backend.compile(program);
  const variables = await backend.createVariables(values);
  try {
    const [outputs] = await executable.run(variables, [feed]);
    return outputs?.product?.data ?? new Float32Array();
  } finally {
    await variables.dispose();
    await executable.dispose();
  }
}

/** Each element's error against its own budget; the worst of them, in units of roundoff. */
function measured(
  found: Tensor["data"],
  { value, magnitude }: Truth,
  { rows, weight }: { readonly rows: Tensor; readonly weight: Tensor },
  program: Program,
  { precision, eightBitBlock }: BackendInfo,
): Measurement {
  const operation = program.operations[0] as Program["operations"][number];
  const budget = operationBudget(operation, [rows.shape, weight.shape]);
  const unit = unitRoundoff[precision];
  const columns = weight.shape[0] as number;
  let error = found.length === value.length ? 0 : Number.POSITIVE_INFINITY;
  for (const [position, expected] of value.entries()) {
    const difference = Math.abs((found[position] as number) - expected);
    if (difference <= ABSOLUTE_FLOOR) continue;
    const rounding = budget * unit * (magnitude[position] as number);
    const coarse =
      eightBitBlock === undefined
        ? 0
        : eightBitRounding(row(rows, Math.floor(position / columns)), row(weight, position % columns));
    const used = (difference / (rounding + coarse)) * budget;
    if (!(used <= error)) error = Number.isNaN(used) ? Number.POSITIVE_INFINITY : used;
  }
  return { what: "product", operation: "matmul", error, budget };
}

/**
 * How far a sum of products may be off when both factors are rounded to whole numbers of 8 bits, `λ` standard deviations: a
 * step is at most the largest of the row by 127, whatever the blocks are.
 */
function eightBitRounding(a: Tensor["data"], b: Tensor["data"]): number {
  const [stepOfA, stepOfB] = [a, b].map((factors) => largest(factors) / EIGHT_BIT_STEPS) as [number, number];
  let variance = 0;
  for (const [term, factor] of a.entries()) {
    variance +=
      (factor * stepOfB) ** 2 + ((b[term] as number) * stepOfA) ** 2 + (stepOfA * stepOfB) ** 2 * ROUNDING_VARIANCE;
  }
  return LAMBDA * Math.sqrt(variance * ROUNDING_VARIANCE);
}

function row({ data, shape }: Tensor, index: number): Tensor["data"] {
  const width = shape[1] as number;
  return data.subarray(index * width, (index + 1) * width);
}

function largest(data: Tensor["data"]): number {
  return Array.from(data, Math.abs).reduce((most, value) => Math.max(most, value), 0);
}
