import { ShapeError } from "../../errors.js";
import { formatShape, type Shape, sizeOf } from "../../tensor.js";
import type { ConvolutionAttributes, OperationAttributes, OperationDefinition } from "../operation.js";
import { expectShape, imageSize, rank, windowPositions } from "./shape-rules.js";

function convolvedShape(input: Shape, filter: Shape, attributes: ConvolutionAttributes): Shape {
  const { groups } = attributes;
  const [batch, channels] = input as [number, number];
  const [filters, filterChannels] = filter as [number, number];
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
function multiplyAdds(output: Shape, filter: Shape): number {
  return sizeOf(output) * sizeOf(filter.slice(1));
}

/**
 * Cross-correlation of images `[N, C, H, W]` with filters `[O, C/groups, kH, kW]` to `[N, O, H', W']`;
 * `H' = floor((H + top + bottom − dilation·(kH − 1) − 1) / stride) + 1`.
 */
export const conv2d: OperationDefinition<"conv2d"> = {
  inputs: ["input", "filter"],
  shape(inputs, attributes) {
    return convolvedShape(rank(inputs, 0, 4, "the input"), rank(inputs, 1, 4, "the filter"), attributes);
  },
  gradient({ operation, inputShapes, gradient, needs, apply }) {
    const [input, filter] = operation.inputs as [string, string];
    const [inputShape, filterShape] = inputShapes as [Shape, Shape];
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
  multiplyAdds: ([, filter], output) => multiplyAdds(output, filter as Shape),
};

/** Gradient of `conv2d` with respect to its input: from `[N, O, H', W']` and the filter to `[N, C, H, W]`. */
export const conv2dGradInput: OperationDefinition<"conv2dGradInput"> = {
  inputs: ["gradient", "filter"],
  shape(inputs, attributes: OperationAttributes["conv2dGradInput"]) {
    const gradient = rank(inputs, 0, 4, "the gradient");
    const filter = rank(inputs, 1, 4, "the filter");
    const input: Shape = [gradient[0] as number, (filter[1] as number) * attributes.groups, ...attributes.inputSize];
    expectShape(gradient, convolvedShape(input, filter, attributes), "the gradient");
    return input;
  },
  multiplyAdds: ([gradient, filter]) => multiplyAdds(gradient as Shape, filter as Shape),
};

/** Gradient of `conv2d` with respect to its filter: from `[N, C, H, W]` and `[N, O, H', W']` to `[O, C/groups, kH, kW]`. */
export const conv2dGradFilter: OperationDefinition<"conv2dGradFilter"> = {
  inputs: ["input", "gradient"],
  shape(inputs, attributes: OperationAttributes["conv2dGradFilter"]) {
    const input = rank(inputs, 0, 4, "the input");
    const gradient = rank(inputs, 1, 4, "the gradient");
    const channels = Math.floor((input[1] as number) / attributes.groups);
    const filter: Shape = [gradient[1] as number, channels, ...attributes.filterSize];
    expectShape(gradient, convolvedShape(input, filter, attributes), "the gradient");
    return filter;
  },
  multiplyAdds: ([, gradient], filter) => multiplyAdds(gradient as Shape, filter),
};
