import { ShapeError } from "../../errors.js";
import { formatShape, type Shape4, sizeOf } from "../../tensor.js";
import type { ConvolutionAttributes, OperationDefinition } from "../operation.js";
import { expectShape, imageSize, images, windowPositions } from "./shape-rules.js";

function convolvedShape(input: Shape4, filter: Shape4, attributes: ConvolutionAttributes): Shape4 {
  const { groups } = attributes;
  const [batch, channels] = input;
  const [filters, filterChannels] = filter;
  if (channels % groups !== 0 || filters % groups !== 0) {
    throw new ShapeError(`${channels} input and ${filters} output channels cannot be cut into ${groups} groups.`);
  }
  if (filterChannels !== channels / groups) {
    throw new ShapeError(
      `the filter ${formatShape(filter)} takes ${filterChannels} channels, but the input ${formatShape(input)} ` +
        `offers ${channels / groups} in each of ${groups} group(s).`,
    );
  }
  return [batch, filters, ...windowPositions(imageSize(input), imageSize(filter), attributes)];
}

/** Every output value and every tap of its filter cost one multiply-add; the two gradients cost the same. */
function multiplyAdds(output: Shape4, filter: Shape4): number {
  return sizeOf(output) * sizeOf(filter.slice(1));
}

/**
 * Cross-correlation of images `[N, C, H, W]` with filters `[O, C/groups, kH, kW]` to `[N, O, H', W']`;
 * `H' = floor((H + top + bottom − dilation·(kH − 1) − 1) / stride) + 1`.
 */
export const conv2d: OperationDefinition<"conv2d"> = {
  inputs: ["input", "filter"],
  shape([input, filter], attributes) {
    return convolvedShape(images(input, "the input"), images(filter, "the filter"), attributes);
  },
  gradient({ operation, inputShapes, gradient, needs, apply }) {
    const [input, filter] = operation.inputs;
    const [inputShape, filterShape] = inputShapes;
    const { attributes } = operation;
    return [
      needs(0)
        ? apply("conv2dGradInput", [gradient, filter], { ...attributes, inputSize: imageSize(inputShape) })
        : undefined,
      needs(1)
        ? apply("conv2dGradFilter", [input, gradient], { ...attributes, filterSize: imageSize(filterShape) })
        : undefined,
    ];
  },
  multiplyAdds: ([, filter], output) => multiplyAdds(output, filter),
};

/** Gradient of `conv2d` with respect to its input: from `[N, O, H', W']` and the filter to `[N, C, H, W]`. */
export const conv2dGradInput: OperationDefinition<"conv2dGradInput"> = {
  inputs: ["gradient", "filter"],
  shape(inputs, attributes) {
    const gradient = images(inputs[0], "the gradient");
    const filter = images(inputs[1], "the filter");
    const input: Shape4 = [gradient[0], filter[1] * attributes.groups, ...attributes.inputSize];
    expectShape(gradient, convolvedShape(input, filter, attributes), "the gradient");
    return input;
  },
  multiplyAdds: ([gradient, filter]) => multiplyAdds(gradient, filter),
};

/** Gradient of `conv2d` with respect to its filter: from `[N, C, H, W]` and `[N, O, H', W']` to `[O, C/groups, kH, kW]`. */
export const conv2dGradFilter: OperationDefinition<"conv2dGradFilter"> = {
  inputs: ["input", "gradient"],
  shape(inputs, attributes) {
    const input = images(inputs[0], "the input");
    const gradient = images(inputs[1], "the gradient");
    const channels = Math.floor(input[1] / attributes.groups);
    const filter: Shape4 = [gradient[1], channels, ...attributes.filterSize];
    expectShape(gradient, convolvedShape(input, filter, attributes), "the gradient");
    return filter;
  },
  multiplyAdds: ([, gradient], filter) => multiplyAdds(gradient, filter),
};
