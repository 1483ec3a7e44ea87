import { inferenceProgram, type Model, type Shape, sizeOf } from "@alexnet/core";
import type { BackendInfo, Precision } from "@alexnet/core/backend";
import {
  denseProducts,
  inputShapesOf,
  type Operation,
  type OperationKind,
  type Program,
  valueShapes,
} from "@alexnet/core/program";

/**
 * How far one rounding may take a number of each precision, relative: half a unit in the last place.
 * TF32 keeps 10 bits of the factors, as float16 does, and adds up in float32.
 */
export const unitRoundoff: Readonly<Record<Precision, number>> = {
  float64: 2 ** -53,
  float32: 2 ** -24,
  tf32: 2 ** -11,
  float16: 2 ** -11,
};

/** Below this, in absolute terms, nothing counts: engines may flush subnormal float32 numbers to zero. */
export const ABSOLUTE_FLOOR = 2 ** -120;

/**
 * How many standard deviations of accumulated rounding are allowed. Rounding errors of a sum of `n` terms add up like a
 * random walk, to `λ · √n` units with probability `1 − 2·exp(−λ²/2)` (Higham and Mary, 2019, "A new approach to
 * probabilistic rounding error analysis"); at 6 one element in thirty million would fail by chance.
 */
export const LAMBDA = 6;

/**
 * The largest `info.convolutionAmplification` that is taken: with more of it, a filter that lacks one of its taps would
 * pass for rounding.
 */
export const MOST_AMPLIFICATION = 32;

/** The largest `info.eightBitBlock` that is taken: with more of it, scales may be too coarse to tell rounding from wrong. */
export const MOST_EIGHT_BIT_BLOCK = 32;

/** Steps of a whole number of 8 bits up to the largest magnitude that shares its scale. */
export const EIGHT_BIT_STEPS = 127;

/** Variance of what rounding to whole numbers adds, in steps². */
export const ROUNDING_VARIANCE = 1 / 12;

/**
 * The error of a product whose factors are rounded to 8 bits, relative to the largest value of the result. A block of `n`
 * has no magnitude larger than `√n` times its root mean square, so a step is at most `√n / 127` of that; what both factors'
 * roundings add up to is then at most `√(2n/12) / 127` of the root mean square of the results.
 */
export function eightBitError(block: number): number {
  return (LAMBDA * Math.sqrt(2 * block * ROUNDING_VARIANCE)) / EIGHT_BIT_STEPS;
}

const CONVOLUTIONS: readonly OperationKind[] = ["conv2d", "conv2dGradInput", "conv2dGradFilter"];

/** How much larger than a sum's the errors of this operation may be, and relative to the tensor; nothing for most. */
export function amplificationOf(
  kind: OperationKind,
  { convolutionAmplification }: Pick<BackendInfo, "convolutionAmplification">,
): number | undefined {
  return CONVOLUTIONS.includes(kind) ? convolutionAmplification : undefined;
}

/** Roundings of an operation beside its sum: of its factors, of divisions, of a final addition. */
const POINTWISE = 4;
/** Of a weight update, which multiplies and adds up four numbers. */
const UPDATE = 8;
/** Where exponentials, logarithms or powers take part, which engines compute to a few units in the last place. */
const TRANSCENDENTAL = 16;

/**
 * The error one operation may add, in units of roundoff: `λ · √n` for a sum of `n` terms, and the roundings beside it.
 * One that only moves or selects values rounds nothing.
 */
export function operationBudget(operation: Operation, shapes: ReadonlyMap<string, Shape>): number {
  const sum = (terms: number, beside = POINTWISE): number => LAMBDA * Math.sqrt(terms) + beside;
  switch (operation.kind) {
    case "conv2d": {
      const [, [, ...taps]] = inputShapesOf(operation, shapes);
      return sum(sizeOf(taps));
    }
    case "conv2dGradInput": {
      const [, [filters, , ...taps]] = inputShapesOf(operation, shapes);
      return sum((filters / operation.attributes.groups) * sizeOf(taps));
    }
    case "conv2dGradFilter": {
      const [, [images, , ...pixels]] = inputShapesOf(operation, shapes);
      return sum(images * sizeOf(pixels));
    }
    case "matmul": {
      const [a] = inputShapesOf(operation, shapes);
      return sum(a[operation.attributes.transposeA ? 0 : 1]);
    }
    case "biasGrad": {
      const [[images, , ...pixels]] = inputShapesOf(operation, shapes);
      return sum(images * sizeOf(pixels));
    }
    case "avgPool":
      return sum(sizeOf(operation.attributes.window));
    case "avgPoolGrad":
    case "maxPoolGrad": {
      const { window, stride } = operation.attributes;
      return sum(Math.ceil(window[0] / stride[0]) * Math.ceil(window[1] / stride[1]));
    }
    case "lrn":
    case "lrnGrad":
      return sum(2 * operation.attributes.size, TRANSCENDENTAL);
    case "softmax":
    case "softmaxCrossEntropyGrad":
      return sum(operation.shape[1], TRANSCENDENTAL);
    case "softmaxCrossEntropy": {
      const [logits] = inputShapesOf(operation, shapes);
      return sum(sizeOf(logits), TRANSCENDENTAL);
    }
    case "sigmoid":
    case "sigmoidGrad":
    case "tanh":
    case "tanhGrad":
    case "adamUpdate":
      return TRANSCENDENTAL;
    case "sgdUpdate":
      return UPDATE;
    case "add":
    case "addBias":
    case "multiply":
    case "scale":
      return POINTWISE;
    case "maxPool":
    case "relu":
    case "reluGrad":
    case "reshape":
    case "concat":
    case "slice":
    case "sliceGrad":
      return 0;
  }
}

/**
 * The error that may have gathered in each value of a program on such a backend, in units of roundoff. Rounding errors of different
 * operations know nothing of each other, so they add up as independent errors do, by their squares; of an operation's
 * inputs the one with the longest history counts. Inputs and variables are exact.
 */
export function programBudgets(
  program: Program,
  info: Pick<BackendInfo, "convolutionAmplification" | "eightBitBlock" | "precision">,
): ReadonlyMap<string, number> {
  const shapes = valueShapes(program);
  const { eightBitBlock, precision } = info;
  const eightBit = new Set<Operation>(eightBitBlock === undefined ? [] : denseProducts(program));
  const budgets = new Map<string, number>();
  for (const operation of program.operations) {
    const inherited = Math.max(0, ...operation.inputs.map((input) => budgets.get(input) ?? 0));
    const exact = operationBudget(operation, shapes);
    const own =
      eightBitBlock !== undefined && eightBit.has(operation)
        ? eightBitError(eightBitBlock) / unitRoundoff[precision]
        : exact * (amplificationOf(operation.kind, info) ?? 1);
    budgets.set(operation.output, Math.hypot(inherited, own));
  }
  return budgets;
}

/** The error that may have gathered in the logits of an inference, in units of roundoff. */
export function answerBudget(model: Model, batch: number, info: Parameters<typeof programBudgets>[1]): number {
  const { program } = inferenceProgram(model, batch);
  return programBudgets(program, info).get(program.outputs.logits ?? "") ?? 0;
}
