import { ShapeError } from "../../errors.js";
import { formatShape, type Shape4 } from "../../tensor.js";
import type { AvgPoolAttributes, MaxPoolAttributes, OperationDefinition } from "../operation.js";
import { expectShape, imageSize, images, same, windowPositions } from "./shape-rules.js";

const NO_PADDING = [0, 0, 0, 0] as const;

function maxPooledShape(input: Shape4, attributes: MaxPoolAttributes): Shape4 {
  const { window, padding } = attributes;
  if (padding.some((extent, side) => extent >= window[side % 2 === 0 ? 0 : 1])) {
    throw new ShapeError(
      `padding ${formatShape(padding)} must be smaller than the window ${window.join("x")}, ` +
        "or a window could hold nothing but padding.",
    );
  }
  return [input[0], input[1], ...windowPositions(imageSize(input), window, attributes)];
}

function averagePooledShape(input: Shape4, { window, stride }: AvgPoolAttributes): Shape4 {
  return [input[0], input[1], ...windowPositions(imageSize(input), window, { stride, padding: NO_PADDING })];
}

/** The largest value of each window: `[N, C, H, W]` to `[N, C, H', W']`; NaN where the window holds one, as in PyTorch. */
export const maxPool: OperationDefinition<"maxPool"> = {
  inputs: ["input"],
  shape: ([input], attributes) => maxPooledShape(images(input, "the input"), attributes),
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
    const input = images(inputs[0], "the input");
    const pooled = maxPooledShape(input, attributes);
    expectShape(same(inputs[1], inputs[2], "the pooled values and their gradient"), pooled, "the gradient");
    return input;
  },
};

/** The mean of each window: `[N, C, H, W]` to `[N, C, H', W']`. */
export const avgPool: OperationDefinition<"avgPool"> = {
  inputs: ["input"],
  shape: ([input], attributes) => averagePooledShape(images(input, "the input"), attributes),
  gradient({ operation, inputShapes, gradient, apply }) {
    const inputSize = imageSize(inputShapes[0]);
    return [apply("avgPoolGrad", [gradient], { ...operation.attributes, inputSize })];
  },
};

/** Gradient of `avgPool`: each window spreads its gradient evenly over its values. */
export const avgPoolGrad: OperationDefinition<"avgPoolGrad"> = {
  inputs: ["gradient"],
  shape(inputs, attributes) {
    const gradient = images(inputs[0], "the gradient");
    const input: Shape4 = [gradient[0], gradient[1], ...attributes.inputSize];
    expectShape(gradient, averagePooledShape(input, attributes), "the gradient");
    return input;
  },
};
