import type { OperationDefinition } from "../operation.js";
import { same } from "./shape-rules.js";

/** The product of two tensors of one shape, element by element; a dropout mask is applied with it. */
export const multiply: OperationDefinition<"multiply"> = {
  inputs: ["a", "b"],
  shape: ([a, b]) => same(a, b, "the factors"),
  gradient({ operation, gradient, needs, apply }) {
    const [a, b] = operation.inputs;
    return [
      needs(0) ? apply("multiply", [gradient, b], {}) : undefined,
      needs(1) ? apply("multiply", [gradient, a], {}) : undefined,
    ];
  },
};

/** The sum of two tensors of one shape. */
export const add: OperationDefinition<"add"> = {
  inputs: ["a", "b"],
  shape: ([a, b]) => same(a, b, "the summands"),
  gradient: ({ gradient }) => [gradient, gradient],
};

/** A tensor times a number that is part of the program. */
export const scale: OperationDefinition<"scale"> = {
  inputs: ["input"],
  shape: ([input]) => input,
  gradient: ({ operation, gradient, apply }) => [apply("scale", [gradient], operation.attributes)],
};
