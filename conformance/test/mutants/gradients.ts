import { referenceKernels } from "@alexnet/backend-reference";
import type { Shape } from "@alexnet/core";
import { type Mutant, type Shape4, withKernel } from "./mutant.js";

const { conv2dGradFilter, conv2dGradInput, softmax } = referenceKernels;

function turnedTaps(filter: Float64Array, [, , height, width]: Shape4): Float64Array {
  const taps = height * width;
  return filter.map((_, index) => filter[index - (index % taps) + (taps - 1 - (index % taps))] as number);
}

/** The images after the first set to zero. */
function firstOnly(images: Float64Array, [batch]: Shape): Float64Array {
  return images.map((value, index) => (index < images.length / (batch as number) ? value : 0));
}

export const gradientMutants: readonly Mutant[] = [
  {
    name: "missing bias gradient",
    level: 3,
    ...withKernel("biasGrad", (_, { shape }) => new Float64Array(shape[0] as number)),
  },
  {
    name: "bias gradient averaged, not summed",
    level: 3,
    ...withKernel("biasGrad", (inputs, operation, shapes) =>
      referenceKernels.biasGrad(inputs, operation, shapes).map((value) => value / ((shapes[0] as Shape)[0] as number)),
    ),
  },
  {
    name: "loss gradient summed, not averaged",
    level: 3,
    ...withKernel("softmaxCrossEntropyGrad", (inputs, operation, shapes) =>
      referenceKernels
        .softmaxCrossEntropyGrad(inputs, operation, shapes)
        .map((value) => value * (operation.shape[0] as number)),
    ),
  },
  {
    name: "loss gradient that takes every label for a whole one",
    level: 3,
    ...withKernel("softmaxCrossEntropyGrad", ([logits, labels], operation, shapes) => {
      const probabilities = softmax([logits], { ...operation, kind: "softmax", inputs: ["logits"] }, [shapes[0]]);
      const [examples] = operation.shape;
      return probabilities.map((value, index) => (value - labels[index]!) / examples);
    }),
  },
  {
    name: "last-maximum pooling",
    level: 3,
    ...withKernel("maxPoolGrad", ([input, output, gradient], operation, shapes) => {
      const reversed = (values: Float64Array): Float64Array => values.toReversed();
      const { padding } = operation.attributes;
      const [, , height, width] = operation.shape as Shape4;
      const [, , pooledHeight, pooledWidth] = shapes[1] as Shape4;
      const { window, stride } = operation.attributes;
      // Seen from the other end, the first maximum is the last; what no window reaches is padding cut off.
      const rest = (extent: number, before: number, pooled: number, axis: 0 | 1): number =>
        (pooled - 1) * stride[axis] + window[axis] - before - extent;
      const turned = [
        rest(height, padding[0], pooledHeight, 0),
        rest(width, padding[1], pooledWidth, 1),
        padding[0],
        padding[1],
      ] as const;
      const attributes = { ...operation.attributes, padding: turned };
      const three = [reversed(input), reversed(output), reversed(gradient)] as const;
      return reversed(referenceKernels.maxPoolGrad(three, { ...operation, attributes }, shapes));
    }),
  },
  {
    name: "average pooling gradient that is not divided",
    level: 3,
    ...withKernel("avgPoolGrad", (inputs, operation, shapes) => {
      const [height, width] = operation.attributes.window;
      return referenceKernels.avgPoolGrad(inputs, operation, shapes).map((value) => value * height * width);
    }),
  },
  {
    name: "filter gradient of the first image only",
    level: 3,
    ...withKernel("conv2dGradFilter", ([input, gradient], operation, shapes) =>
      conv2dGradFilter(
        [firstOnly(input as Float64Array, shapes[0] as Shape), gradient as Float64Array],
        operation,
        shapes,
      ),
    ),
  },
  {
    name: "input gradient through a filter that is not turned",
    level: 3,
    ...withKernel("conv2dGradInput", ([gradient, filter], operation, shapes) =>
      conv2dGradInput(
        [gradient as Float64Array, turnedTaps(filter as Float64Array, shapes[1] as Shape4)],
        operation,
        shapes,
      ),
    ),
  },
  {
    name: "lrn gradient without its second term",
    level: 3,
    ...withKernel("lrnGrad", ([input, output, gradient], operation, shapes) =>
      referenceKernels.lrnGrad(
        [input as Float64Array, (output as Float64Array).map(() => 0), gradient as Float64Array],
        operation,
        shapes,
      ),
    ),
  },
  {
    name: "ReLU that lets every gradient through",
    level: 3,
    ...withKernel("reluGrad", ([, gradient]) => (gradient as Float64Array).slice()),
  },
  {
    name: "tanh gradient 1 − y",
    level: 3,
    ...withKernel("tanhGrad", ([output, gradient]) =>
      (output as Float64Array).map((y, index) => ((gradient as Float64Array)[index] as number) * (1 - y)),
    ),
  },
];
