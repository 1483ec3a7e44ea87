import { type Shape, sizeOf } from "@alexnet/core";
import { buffers, type KernelsOf } from "./kernel.js";

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
  const [wholeRow, partRow] = [(whole[axis] as number) * inner, (part[axis] as number) * inner];
  for (let inPart = 0; inPart < sizeOf(part); inPart++) {
    const row = Math.floor(inPart / partRow);
    visit(row * wholeRow + start * inner + (inPart % partRow), inPart);
  }
}

export const movementKernels: KernelsOf<"reshape" | "concat" | "slice" | "sliceGrad"> = {
  // A kernel may return its input; it must never change it.
  reshape: (inputs) => buffers(inputs)[0],
  concat(inputs, { attributes: { axis }, shape }, shapes) {
    const whole = new Float32Array(sizeOf(shape));
    let start = 0;
    inputs.forEach((part, position) => {
      const partShape = shapes[position] as Shape;
      eachPlace(shape, partShape, axis, start, (to, from) => {
        whole[to] = part[from]!;
      });
      start += partShape[axis] as number;
    });
    return whole;
  },
  slice(inputs, { attributes: { axis, start }, shape }, [wholeShape]) {
    const [whole] = buffers(inputs);
    const part = new Float32Array(sizeOf(shape));
    eachPlace(wholeShape as Shape, shape, axis, start, (from, to) => {
      part[to] = whole[from]!;
    });
    return part;
  },
  sliceGrad(inputs, { attributes: { axis, start }, shape }, [partShape]) {
    const [part] = buffers(inputs);
    const whole = new Float32Array(sizeOf(shape));
    eachPlace(shape, partShape as Shape, axis, start, (to, from) => {
      whole[to] = part[from]!;
    });
    return whole;
  },
};
