import { isShape2, type Shape2 } from "@alexnet/core";
import { denseProducts, type Operation, type OperationOf, type Program } from "@alexnet/core/program";
import type { OnnxValue } from "../onnx/graph.js";
import type { LoweringContext, LoweringOptions } from "./context.js";
import { ownName } from "./names.js";

/*
 * Dense layers in 8 bits, by ONNX Runtime's own `MatMulNBits`: it reads a quarter of what a product of float32 reads, which
 * is what a product of one row waits for. Weights are rounded when a session is made, and what they are multiplied with at
 * every run, both at a scale for each block of neighbors.
 */

/** Neighbors in a sum that share a scale. */
export const BLOCK = 32;

/** Stored numbers are this much larger than what they stand for. */
const ZERO = 128;
/** What the largest magnitude of a block becomes. */
const LARGEST = 127;
/** Factors are whole numbers of 8 bits too (`MatMulNBits`, `accuracy_level`); with floats it is slower than `Gemm`. */
const IN_WHOLE_NUMBERS = 4;

/** The products of a program that are computed in 8 bits, and their weights. */
export function eightBitProducts(
  program: Program,
  { denseWeights, onNaN }: LoweringOptions,
): { readonly products: ReadonlySet<Operation>; readonly weights: ReadonlyMap<string, Shape2> } {
  // A NaN has no place among whole numbers.
  const products = denseWeights === "int8" && onNaN !== "propagate" ? denseProducts(program) : [];
  const shapes = products.flatMap(({ inputs: [, weight] }) => {
    const shape = program.variables[weight] ?? [];
    return isShape2(shape) ? [[weight, shape] as const] : [];
  });
  return { products: new Set(products), weights: new Map(shapes) };
}

/** A product with the weights that `inEightBits` made, plus a bias where there is one. */
export function eightBitProduct(
  { inputs: [rows, weight] }: OperationOf<"matmul">,
  bias: string | undefined,
  output: string,
  { graph, onNaN, shape2, tellNaN }: LoweringContext,
): void {
  const [N, K] = shape2(weight);
  const [steps, scales] = eightBitInputs(weight, [N, K]);
  const attributes = { K, N, bits: 8, block_size: BLOCK, accuracy_level: IN_WHOLE_NUMBERS };
  const operands = [rows, steps.name, scales.name, ...(bias === undefined ? [] : ["", "", bias])];
  graph.node("MatMulNBits", operands, attributes, output);
  // Infinite ones are no whole numbers either; times 0 they are NaN.
  if (onNaN === "tell") tellNaN(graph.node("Mul", [rows, graph.number(0)]));
}

/** What stands in a graph in place of a weight `[out, in]`: whole numbers and a scale for each block of them. */
export function eightBitInputs(
  weight: string,
  [rows, columns]: Shape2,
): readonly [steps: OnnxValue, scales: OnnxValue] {
  const blocks = Math.ceil(columns / BLOCK);
  return [
    { name: ownName("steps", weight), type: "uint8", shape: [rows, blocks, BLOCK] },
    { name: ownName("scales", weight), type: "float32", shape: [rows, blocks] },
  ];
}

/** The values of what `eightBitInputs` declares, under its names. */
export function eightBitConstants(weight: string, data: Float32Array, shape: Shape2) {
  const [steps, scales] = eightBitInputs(weight, shape);
  const rounded = inEightBits(data, shape);
  return [
    [steps.name, rounded.steps],
    [scales.name, rounded.scales],
  ] as const;
}

/** A weight `[out, in]` as what `eightBitInputs` declares. A block with a number that is not finite is NaN as a whole. */
export function inEightBits(
  weight: Float32Array,
  [height, width]: Shape2,
): { readonly steps: Uint8Array; readonly scales: Float32Array } {
  const blocks = Math.ceil(width / BLOCK);
  const steps = new Uint8Array(height * blocks * BLOCK).fill(ZERO);
  const scales = new Float32Array(height * blocks);
  for (let row = 0; row < height; row++) {
    for (let block = 0; block < blocks; block++) {
      const from = row * width + block * BLOCK;
      const end = Math.min(from + BLOCK, (row + 1) * width);
      const to = (row * blocks + block) * BLOCK;
      let largest = 0;
      for (let at = from; at < end; at++) largest = Math.max(largest, Math.abs(weight[at]!));
      scales[row * blocks + block] = largest < Number.POSITIVE_INFINITY ? largest / LARGEST : Number.NaN;
      if (!(largest > 0)) continue;
      const perStep = LARGEST / largest;
      for (let at = from; at < end; at++) steps[to + at - from] = Math.round(weight[at]! * perStep) + ZERO;
    }
  }
  return { steps, scales };
}
