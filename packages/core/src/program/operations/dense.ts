import { ShapeError } from "../../errors.js";
import { formatShape } from "../../tensor.js";
import type { OperationDefinition } from "../operation.js";
import { expectShape, matrix, withChannels } from "./shape-rules.js";

/** Product of two matrices, `[M, K]·[K, N]` to `[M, N]`, each transposed first if asked. */
export const matmul: OperationDefinition<"matmul"> = {
  inputs: ["a", "b"],
  shape(inputs, { transposeA, transposeB }) {
    const a = matrix(inputs[0], "the left matrix");
    const b = matrix(inputs[1], "the right matrix");
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
    const [a, b] = operation.inputs;
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
  multiplyAdds: ([a], [rows, columns], { transposeA }) => rows * columns * a[transposeA ? 0 : 1],
};

/** Adds one value a channel: `[N, C, …] + [C]`. */
export const addBias: OperationDefinition<"addBias"> = {
  inputs: ["input", "bias"],
  shape(inputs) {
    const input = withChannels(inputs[0], "the input");
    expectShape(inputs[1], [input[1]], "the bias");
    return input;
  },
  gradient({ gradient, needs, apply }) {
    return [gradient, needs(1) ? apply("biasGrad", [gradient], {}) : undefined];
  },
};

/** Gradient of `addBias` with respect to the bias: the sum over every axis but the channels, `[N, C, …]` to `[C]`. */
export const biasGrad: OperationDefinition<"biasGrad"> = {
  inputs: ["gradient"],
  shape: ([gradient]) => [withChannels(gradient, "the gradient")[1]],
};
