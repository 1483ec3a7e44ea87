import { ShapeError } from "../../errors.js";
import { formatShape, type Shape } from "../../tensor.js";
import type { OperationDefinition } from "../operation.js";
import { expectShape, rank } from "./shape-rules.js";

/** Product of two matrices, `[M, K]·[K, N]` to `[M, N]`, each transposed first if asked. */
export const matmul: OperationDefinition<"matmul"> = {
  inputs: ["a", "b"],
  shape(inputs, { transposeA, transposeB }) {
    const a = rank(inputs, 0, 2, "the left matrix") as readonly [number, number];
    const b = rank(inputs, 1, 2, "the right matrix") as readonly [number, number];
    const [rows, innerA] = transposeA ? [a[1], a[0]] : a;
    const [innerB, columns] = transposeB ? [b[1], b[0]] : b;
    if (innerA !== innerB) {
      throw new ShapeError(
        `${formatShape(a)}${transposeA ? " transposed" : ""} and ${formatShape(b)}${transposeB ? " transposed" : ""} ` +
          `cannot be multiplied: ${innerA} columns against ${innerB} rows.`,
      );
    }
    return [rows, columns];
  },
  gradient({ operation, gradient, needs, apply }) {
    const [a, b] = operation.inputs as [string, string];
    const { transposeA, transposeB } = operation.attributes;
    return [
      needs(0)
        ? transposeA
          ? apply("matmul", [b, gradient], { transposeA: transposeB, transposeB: true })
          : apply("matmul", [gradient, b], { transposeA: false, transposeB: !transposeB })
        : undefined,
      needs(1)
        ? transposeB
          ? apply("matmul", [gradient, a], { transposeA: true, transposeB: transposeA })
          : apply("matmul", [a, gradient], { transposeA: !transposeA, transposeB: false })
        : undefined,
    ];
  },
  multiplyAdds: ([a], output, { transposeA }) => {
    const inner = (a as Shape)[transposeA ? 0 : 1] as number;
    return (output[0] as number) * (output[1] as number) * inner;
  },
};

/** Adds one value a channel: `[N, C, …] + [C]`. */
export const addBias: OperationDefinition<"addBias"> = {
  inputs: ["input", "bias"],
  shape(inputs) {
    const [input, bias] = inputs as [Shape, Shape];
    if (input.length < 2)
      throw new ShapeError(`the input must have a channel axis, but has shape ${formatShape(input)}.`);
    expectShape(bias, [input[1] as number], "the bias");
    return input;
  },
  gradient({ gradient, needs, apply }) {
    return [gradient, needs(1) ? apply("biasGrad", [gradient], {}) : undefined];
  },
};

/** Gradient of `addBias` with respect to the bias: the sum over every axis but the channels, `[N, C, …]` to `[C]`. */
export const biasGrad: OperationDefinition<"biasGrad"> = {
  inputs: ["gradient"],
  shape(inputs) {
    const [gradient] = inputs as [Shape];
    if (gradient.length < 2) {
      throw new ShapeError(`the gradient must have a channel axis, but has shape ${formatShape(gradient)}.`);
    }
    return [gradient[1] as number];
  },
};
