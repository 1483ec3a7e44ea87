import { describe, expect, it } from "vitest";
import { transposeInto } from "../src/tfjs-kernels/transpose.js";

/** The definition: every index by itself. */
function transposed(source: Float32Array, shape: readonly number[], permutation: readonly number[]): Float32Array {
  const extents = permutation.map((axis) => shape[axis] as number);
  return source.map((_, position) => {
    const index = new Array<number>(shape.length);
    let rest = position;
    for (let axis = extents.length - 1; axis >= 0; axis--) {
      index[permutation[axis] as number] = rest % (extents[axis] as number);
      rest = Math.floor(rest / (extents[axis] as number));
    }
    return source[index.reduce((offset, at, axis) => offset * (shape[axis] as number) + at, 0)] as number;
  });
}

function permutations(axes: readonly number[]): number[][] {
  if (axes.length === 0) return [[]];
  return axes.flatMap((axis) => permutations(axes.filter((other) => other !== axis)).map((rest) => [axis, ...rest]));
}

describe("transposeInto", () => {
  it.each([[[5]], [[17, 33]], [[1, 18]], [[3, 20, 17]], [[2, 3, 17, 19]], [[1, 7, 1, 18]], [[1, 1, 1, 1]]])(
    "moves the axes of %j every way there is",
    (shape) => {
      const source = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, index) => index);
      for (const permutation of permutations(shape.map((_, axis) => axis))) {
        const target = new Float32Array(source.length).fill(-1);
        transposeInto(source, target, shape, permutation);
        expect(target, `${permutation}`).toEqual(transposed(source, shape, permutation));
      }
    },
  );
});
