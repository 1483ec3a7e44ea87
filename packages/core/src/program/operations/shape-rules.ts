import { ShapeError } from "../../errors.js";
import { formatShape, type Shape, sameShape } from "../../tensor.js";
import type { Padding, Pair } from "../operation.js";

/** The shape of the input at `position`, which must have `rank` axes. */
export function rank(shapes: readonly Shape[], position: number, rank: number, what: string): Shape {
  const shape = shapes[position] as Shape;
  if (shape.length !== rank) {
    throw new ShapeError(`${what} must have ${rank} axes, but has shape ${formatShape(shape)}.`);
  }
  return shape;
}

/** Both shapes, which must be equal. */
export function same(a: Shape, b: Shape, what: string): Shape {
  if (!sameShape(a, b))
    throw new ShapeError(`${what} must have one shape, but have ${formatShape(a)} and ${formatShape(b)}.`);
  return a;
}

/** Throws `ShapeError` unless the shape is the expected one. */
export function expectShape(actual: Shape, expected: Shape, what: string): void {
  if (!sameShape(actual, expected)) {
    throw new ShapeError(`${what} must have shape ${formatShape(expected)}, but has ${formatShape(actual)}.`);
  }
}

/** Number of positions a window takes along height and width, rounded down. */
export function windowPositions(
  input: Pair,
  window: Pair,
  { stride, padding, dilation = [1, 1] }: { stride: Pair; padding: Padding; dilation?: Pair },
): Pair {
  const along = (axis: 0 | 1): number => {
    const reach = dilation[axis] * (window[axis] - 1) + 1;
    const space = input[axis] + padding[axis] + padding[(axis + 2) as 2 | 3];
    const positions = Math.floor((space - reach) / stride[axis]) + 1;
    if (positions < 1) {
      throw new ShapeError(
        `a window of ${window.join("x")} (dilation ${dilation.join("x")}) does not fit into an image of ` +
          `${input.join("x")} with padding ${formatShape(padding)}. Use a larger image or a smaller window.`,
      );
    }
    return positions;
  };
  return [along(0), along(1)];
}

/** Height and width of a `[N, C, H, W]` shape. */
export function imageSize(shape: Shape): Pair {
  return [shape[2] as number, shape[3] as number];
}
