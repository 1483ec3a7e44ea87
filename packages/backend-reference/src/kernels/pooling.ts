import { type Shape4, sizeOf } from "@alexnet/core";
import type { AvgPoolAttributes, MaxPoolAttributes } from "@alexnet/core/program";
import type { ReferenceKernel } from "./kernel.js";

type Windows = Pick<MaxPoolAttributes, "window" | "stride"> & Partial<Pick<MaxPoolAttributes, "padding">>;

/** The part of a window that lies inside the image, as rows `[top, bottom)` and columns `[left, right)`. */
type Visit = (pooled: number, plane: number, top: number, bottom: number, left: number, right: number) => void;

/** Visits every window of every channel: the flat index of its pooled value, that of its plane, and where it lies. */
function eachWindow(image: Shape4, pooled: Shape4, { window, stride, padding = [0, 0, 0, 0] }: Windows, visit: Visit) {
  const [batch, channels, height, width] = image;
  const [, , pooledHeight, pooledWidth] = pooled;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (let y = 0; y < pooledHeight; y++) {
      for (let x = 0; x < pooledWidth; x++) {
        const top = y * stride[0] - padding[0];
        const left = x * stride[1] - padding[1];
        visit(
          (plane * pooledHeight + y) * pooledWidth + x,
          plane * height * width,
          Math.max(0, top),
          Math.min(height, top + window[0]),
          Math.max(0, left),
          Math.min(width, left + window[1]),
        );
      }
    }
  }
}

/** Visits the first maximum of every window in row-major order. A NaN counts as a maximum. */
function eachMaximum(
  input: Float64Array,
  image: Shape4,
  pooled: Shape4,
  attributes: MaxPoolAttributes,
  visit: (pooled: number, maximum: number) => void,
): void {
  const width = image[3];
  eachWindow(image, pooled, attributes, (target, plane, top, bottom, left, right) => {
    let maximum = plane + top * width + left;
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) {
        const candidate = plane + y * width + x;
        const largest = input[maximum]!;
        if (!Number.isNaN(largest) && !(input[candidate]! <= largest)) maximum = candidate;
      }
    }
    visit(target, maximum);
  });
}

export const maxPool: ReferenceKernel<"maxPool"> = ([input], { attributes, shape }, [image]) => {
  const output = new Float64Array(sizeOf(shape));
  eachMaximum(input, image, shape, attributes, (pooled, maximum) => {
    output[pooled] = input[maximum]!;
  });
  return output;
};

export const maxPoolGrad: ReferenceKernel<"maxPoolGrad"> = (
  [input, , gradient],
  { attributes, shape },
  [, pooledShape],
) => {
  const inputGradient = new Float64Array(sizeOf(shape));
  eachMaximum(input, shape, pooledShape, attributes, (pooled, maximum) => {
    inputGradient[maximum]! += gradient[pooled]!;
  });
  return inputGradient;
};

/** Visits every value of every window. */
function eachMember(
  image: Shape4,
  pooled: Shape4,
  attributes: AvgPoolAttributes,
  visit: (pooled: number, member: number) => void,
): void {
  const width = image[3];
  eachWindow(image, pooled, attributes, (target, plane, top, bottom, left, right) => {
    for (let y = top; y < bottom; y++) {
      for (let x = left; x < right; x++) visit(target, plane + y * width + x);
    }
  });
}

export const avgPool: ReferenceKernel<"avgPool"> = ([input], { attributes, shape }, [image]) => {
  const output = new Float64Array(sizeOf(shape));
  const size = attributes.window[0] * attributes.window[1];
  eachMember(image, shape, attributes, (pooled, member) => {
    output[pooled]! += input[member]! / size;
  });
  return output;
};

export const avgPoolGrad: ReferenceKernel<"avgPoolGrad"> = ([gradient], { attributes, shape }, [pooledShape]) => {
  const inputGradient = new Float64Array(sizeOf(shape));
  const size = attributes.window[0] * attributes.window[1];
  eachMember(shape, pooledShape, attributes, (pooled, member) => {
    inputGradient[member]! += gradient[pooled]! / size;
  });
  return inputGradient;
};
