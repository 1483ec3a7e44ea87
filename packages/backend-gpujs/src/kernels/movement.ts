import type { Shape } from "@alexnet/core";
import { type Extents, type OperationKernel, sizeBetween, type Thread, type Volume } from "./kernel.js";

/** A tensor around one of its axes: what lies inside it along x, the axis along y, what lies outside along z. */
function around(shape: Shape, axis: number): readonly [number, number, number] {
  return [sizeBetween(shape, axis + 1), shape[axis]!, sizeBetween(shape, 0, axis)];
}

export const reshape: OperationKernel<"reshape"> = (_, [input]) => input;

function taken(this: Thread<{ start: number }>, input: Volume): number {
  return input[this.thread.z]![this.thread.y + this.constants.start]![this.thread.x]!;
}

export const slice: OperationKernel<"slice"> = (run, [input], { attributes, shape }, [inputShape]) => {
  const { axis, start } = attributes;
  return run(taken, { output: around(shape, axis), integers: { start } }, [[input, around(inputShape, axis)]]);
};

function putBack(this: Thread<{ start: number; extent: number }>, gradient: Volume): number {
  const y = this.thread.y - this.constants.start;
  let result = 0;
  if (y >= 0 && y < this.constants.extent) {
    result = gradient[this.thread.z]![y]![this.thread.x]!;
  }
  return result;
}

export const sliceGrad: OperationKernel<"sliceGrad"> = (run, [gradient], { attributes, shape }, [gradientShape]) => {
  const { axis, start } = attributes;
  const extents = around(gradientShape, axis);
  return run(putBack, { output: around(shape, axis), integers: { start, extent: extents[1] } }, [[gradient, extents]]);
};

function beside(this: Thread<{ extent: number }>, first: Volume, second: Volume): number {
  let result = 0;
  if (this.thread.y < this.constants.extent) {
    result = first[this.thread.z]![this.thread.y]![this.thread.x]!;
  } else {
    result = second[this.thread.z]![this.thread.y - this.constants.extent]![this.thread.x]!;
  }
  return result;
}

/** A kernel takes a fixed number of arguments, so more than two parts are joined one after the other. */
export const concat: OperationKernel<"concat"> = async (run, [first, ...others], { attributes }, inputShapes) => {
  const { axis } = attributes;
  const [firstShape, ...otherShapes] = inputShapes;
  let joined = first;
  let [inner, extent, outer] = around(firstShape, axis);
  for (const [position, part] of others.entries()) {
    const added = around(otherShapes[position]!, axis);
    const output: Extents = [inner, extent + added[1], outer];
    joined = await run(beside, { output, integers: { extent } }, [
      [joined, [inner, extent, outer]],
      [part, added],
    ]);
    extent = output[1];
  }
  return joined;
};
