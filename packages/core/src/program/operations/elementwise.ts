import type { Shape } from "../../tensor.js";
import type { OperationDefinition } from "../operation.js";
import { same } from "./shape-rules.js";

/** The product of two tensors of one shape, element by element; a dropout mask is applied with it. */
export const multiply: OperationDefinition<"multiply"> = {
  inputs: ["a", "b"],
  shape: ([a, b]) => same(a as Shape, b as Shape, "the factors"),
  gradient({ operation, gradient, needs, apply }) {
    const [a, b] = operation.inputs as [string, string];
    return [
      needs(0) ? apply("multiply", [gradient, b], {}) : undefined,
      needs(1) ? apply("multiply", [gradient, a], {}) : undefined,
    ];
  },
};

/** The sum of two tensors of one shape. */
export const add: OperationDefinition<"add"> = {
  inputs: ["a", "b"],
  shape: ([a, b]) => same(a as Shape, b as Shape, "the summands"),
  gradient: ({ gradient }) => [gradient, gradient],
};

/** A tensor times a number that is part of the program. */
export const scale: OperationDefinition<"scale"> = {
  inputs: ["input"],
  shape: ([input]) => input as Shape,
  gradient: ({ operation, gradient, apply }) => [apply("scale", [gradient], operation.attributes)],
};
