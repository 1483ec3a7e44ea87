import type { Shape } from "../../tensor.js";
import type { Apply, OperationDefinition } from "../operation.js";
import { same } from "./shape-rules.js";

type Activation = "relu" | "sigmoid" | "tanh";

/** Applied to each value; its gradient is written in terms of its output, so the input need not be kept. */
function activation<Kind extends Activation>(gradientKind: `${Activation}Grad`): OperationDefinition<Kind> {
  return {
    inputs: ["input"],
    shape: ([input]) => input as Shape,
    gradient: ({ operation, gradient, apply }: { operation: { output: string }; gradient: string; apply: Apply }) => [
      apply(gradientKind, [operation.output, gradient], {}),
    ],
  };
}

const activationGrad = {
  inputs: ["output", "gradient"],
  shape: ([output, gradient]: readonly Shape[]) =>
    same(output as Shape, gradient as Shape, "the output and its gradient"),
};

/** `max(x, 0)`. */
export const relu = activation<"relu">("reluGrad");
/** `y > 0 ? ∂y : 0`. */
export const reluGrad: OperationDefinition<"reluGrad"> = activationGrad;
/** `1 / (1 + e^−x)`. */
export const sigmoid = activation<"sigmoid">("sigmoidGrad");
/** `∂y · y · (1 − y)`. */
export const sigmoidGrad: OperationDefinition<"sigmoidGrad"> = activationGrad;
/** `tanh x`. */
export const tanh = activation<"tanh">("tanhGrad");
/** `∂y · (1 − y²)`. */
export const tanhGrad: OperationDefinition<"tanhGrad"> = activationGrad;
