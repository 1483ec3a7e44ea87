import type { OperationDefinition } from "../operation.js";
import { same } from "./shape-rules.js";

type Activation = "relu" | "sigmoid" | "tanh";

/** Applied to each value; its gradient is written in terms of its output, so the input need not be kept. */
function activation(gradientKind: `${Activation}Grad`): OperationDefinition<Activation> {
  return {
    inputs: ["input"],
    shape: ([input]) => input,
    gradient: ({ operation, gradient, apply }) => [apply(gradientKind, [operation.output, gradient], {})],
  };
}

const activationGrad: OperationDefinition<`${Activation}Grad`> = {
  inputs: ["output", "gradient"],
  shape: ([output, gradient]) => same(output, gradient, "the output and its gradient"),
};

/** `max(x, 0)`. */
export const relu: OperationDefinition<"relu"> = activation("reluGrad");
/** `y > 0 ? ∂y : 0`. */
export const reluGrad: OperationDefinition<"reluGrad"> = activationGrad;
/** `1 / (1 + e^−x)`. */
export const sigmoid: OperationDefinition<"sigmoid"> = activation("sigmoidGrad");
/** `∂y · y · (1 − y)`. */
export const sigmoidGrad: OperationDefinition<"sigmoidGrad"> = activationGrad;
/** `tanh x`. */
export const tanh: OperationDefinition<"tanh"> = activation("tanhGrad");
/** `∂y · (1 − y²)`. */
export const tanhGrad: OperationDefinition<"tanhGrad"> = activationGrad;
