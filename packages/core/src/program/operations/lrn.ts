import { ShapeError } from "../../errors.js";
import type { Shape4 } from "../../tensor.js";
import type { LrnAttributes, OperationDefinition } from "../operation.js";
import { images, same } from "./shape-rules.js";

function normalizedShape(input: Shape4, { size }: LrnAttributes): Shape4 {
  if (size % 2 !== 1) throw new ShapeError(`the number of neighboring channels must be odd; got ${size}.`);
  return input;
}

/** Local response normalization across channels; see `LrnAttributes`. */
export const lrn: OperationDefinition<"lrn"> = {
  inputs: ["input"],
  shape: ([input], attributes) => normalizedShape(images(input, "the input"), attributes),
  gradient({ operation, gradient, apply }) {
    return [apply("lrnGrad", [...operation.inputs, operation.output, gradient], operation.attributes)];
  },
};

/**
 * Gradient of `lrn`. With `d[j] = k + alpha · Σ a²` around `j`:
 * `∂a[c] = ∂b[c] · d[c]^−beta − 2 · alpha · beta · a[c] · Σ_j ∂b[j] · b[j] / d[j]`, `j` over the channels around `c`.
 */
export const lrnGrad: OperationDefinition<"lrnGrad"> = {
  inputs: ["input", "output", "gradient"],
  shape(inputs, attributes) {
    const input = normalizedShape(images(inputs[0], "the input"), attributes);
    same(input, inputs[1], "the input and the output");
    return same(input, inputs[2], "the input and the gradient");
  },
};
