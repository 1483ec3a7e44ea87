import { type Shape, sizeOf } from "@alexnet/core";
import type { KernelsOf } from "./kernel.js";

/**
 * Pairs of places, in a whole and in the part of it that begins at `start` along an axis. Along any axis a tensor is rows
 * of `extent · inner` neighboring values.
 */
function eachPlace(
  whole: Shape,
  part: Shape,
  axis: number,
  start: number,
  visit: (inWhole: number, inPart: number) => void,
): void {
  const inner = sizeOf(whole.slice(axis + 1));
  const [wholeRow, partRow] = [whole[axis]! * inner, part[axis]! * inner];
  for (let inPart = 0; inPart < sizeOf(part); inPart++) {
    const row = Math.floor(inPart / partRow);
    visit(row * wholeRow + start * inner + (inPart % partRow), inPart);
  }
}

export const movementKernels: KernelsOf<"reshape" | "concat" | "slice" | "sliceGrad"> = {
  // A kernel may return its input; it must never change it.
  reshape: ([input]) => input,
  concat(inputs, { attributes: { axis }, shape }, shapes) {
    const whole = new Float32Array(sizeOf(shape));
    let start = 0;
    inputs.forEach((part, position) => {
      const partShape = shapes[position]!;
      eachPlace(shape, partShape, axis, start, (to, from) => {
        whole[to] = part[from]!;
      });
      start += partShape[axis]!;
    });
    return whole;
  },
  slice([whole], { attributes: { axis, start }, shape }, [wholeShape]) {
    const part = new Float32Array(sizeOf(shape));
    eachPlace(wholeShape, shape, axis, start, (from, to) => {
      part[to] = whole[from]!;
    });
    return part;
  },
  sliceGrad([part], { attributes: { axis, start }, shape }, [partShape]) {
    const whole = new Float32Array(sizeOf(shape));
    eachPlace(shape, partShape, axis, start, (to, from) => {
      whole[to] = part[from]!;
    });
    return whole;
  },
};
