import { ShapeError } from "../../errors.js";
import { formatShape, type Shape } from "../../tensor.js";
import type { AvgPoolAttributes, MaxPoolAttributes, OperationDefinition } from "../operation.js";
import { expectShape, imageSize, rank, same, windowPositions } from "./shape-rules.js";

const NO_PADDING = [0, 0, 0, 0] as const;

function maxPooledShape(input: Shape, attributes: MaxPoolAttributes): Shape {
  const { window, padding } = attributes;
  if (padding.some((extent, side) => extent >= (window[side % 2] as number))) {
    throw new ShapeError(
      `padding ${formatShape(padding)} must be smaller than the window ${window.join("x")}, ` +
        "or a window could hold nothing but padding.",
    );
  }
  return [...input.slice(0, 2), ...windowPositions(imageSize(input), window, attributes)];
}

function averagePooledShape(input: Shape, { window, stride }: AvgPoolAttributes): Shape {
  return [...input.slice(0, 2), ...windowPositions(imageSize(input), window, { stride, padding: NO_PADDING })];
}

/** The largest value of each window: `[N, C, H, W]` to `[N, C, H', W']`; NaN where the window holds one, as in PyTorch. */
export const maxPool: OperationDefinition<"maxPool"> = {
  inputs: ["input"],
  shape: (inputs, attributes) => maxPooledShape(rank(inputs, 0, 4, "the input"), attributes),
  gradient({ operation, gradient, apply }) {
    return [apply("maxPoolGrad", [...operation.inputs, operation.output, gradient], operation.attributes)];
  },
};

/**
 * Gradient of `maxPool`: each window hands its gradient to its first maximum in row-major order; overlapping windows
 * add up. The pooled values are an input so that a backend need not compute them again.
 */
export const maxPoolGrad: OperationDefinition<"maxPoolGrad"> = {
  inputs: ["input", "output", "gradient"],
  shape(inputs, attributes) {
    const input = rank(inputs, 0, 4, "the input");
    const pooled = maxPooledShape(input, attributes);
    expectShape(
      same(inputs[1] as Shape, inputs[2] as Shape, "the pooled values and their gradient"),
      pooled,
      "the gradient",
    );
    return input;
  },
};

/** The mean of each window: `[N, C, H, W]` to `[N, C, H', W']`. */
export const avgPool: OperationDefinition<"avgPool"> = {
  inputs: ["input"],
  shape: (inputs, attributes) => averagePooledShape(rank(inputs, 0, 4, "the input"), attributes),
  gradient({ operation, inputShapes, gradient, apply }) {
    const inputSize = imageSize(inputShapes[0] as Shape);
    return [apply("avgPoolGrad", [gradient], { ...operation.attributes, inputSize })];
  },
};

/** Gradient of `avgPool`: each window spreads its gradient evenly over its values. */
export const avgPoolGrad: OperationDefinition<"avgPoolGrad"> = {
  inputs: ["gradient"],
  shape(inputs, attributes) {
    const gradient = rank(inputs, 0, 4, "the gradient");
    const input: Shape = [...gradient.slice(0, 2), ...attributes.inputSize];
    expectShape(gradient, averagePooledShape(input, attributes), "the gradient");
    return input;
  },
};
