import { type Shape, sizeOf } from "@alexnet/core";
import { type ReferenceKernel, sizeBetween } from "./kernel.js";

/** Values are in row-major order under any shape, so there is nothing to do. */
export const reshape: ReferenceKernel<"reshape"> = ([input]) => {
  return input;
};

/**
 * Copies `part` to, or from, the place at `start` along an axis of `whole`. Along any axis a tensor is `outer` blocks of
 * `extent · inner` neighboring values.
 */
function copyPart(
  direction: "into" | "outOf",
  whole: { readonly data: Float64Array; readonly shape: Shape },
  part: { readonly data: Float64Array; readonly shape: Shape },
  axis: number,
  start: number,
): void {
  const inner = sizeBetween(whole.shape, axis + 1);
  const wholeBlock = whole.shape[axis]! * inner;
  const partBlock = part.shape[axis]! * inner;
  for (let outer = 0; outer < sizeBetween(whole.shape, 0, axis); outer++) {
    const from = outer * wholeBlock + start * inner;
    const inWhole = whole.data.subarray(from, from + partBlock);
    const inPart = part.data.subarray(outer * partBlock, (outer + 1) * partBlock);
    if (direction === "into") inWhole.set(inPart);
    else inPart.set(inWhole);
  }
}

export const concat: ReferenceKernel<"concat"> = (inputs, { attributes, shape }, inputShapes) => {
  const whole = { data: new Float64Array(sizeOf(shape)), shape };
  let start = 0;
  inputs.forEach((data, position) => {
    const part = { data, shape: inputShapes[position]! };
    copyPart("into", whole, part, attributes.axis, start);
    start += part.shape[attributes.axis]!;
  });
  return whole.data;
};

export const slice: ReferenceKernel<"slice"> = ([input], { attributes, shape }, [inputShape]) => {
  const part = { data: new Float64Array(sizeOf(shape)), shape };
  copyPart("outOf", { data: input, shape: inputShape }, part, attributes.axis, attributes.start);
  return part.data;
};

export const sliceGrad: ReferenceKernel<"sliceGrad"> = ([gradient], { attributes, shape }, [gradientShape]) => {
  const whole = { data: new Float64Array(sizeOf(shape)), shape };
  copyPart("into", whole, { data: gradient, shape: gradientShape }, attributes.axis, attributes.start);
  return whole.data;
};
