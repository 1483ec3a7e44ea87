import { ShapeError } from "../../errors.js";
import { formatShape, isShape2, isShape4, type Shape, type Shape2, type Shape4, sameShape } from "../../tensor.js";
import type { ChannelShape, Padding, Pair } from "../operation.js";

/** The shape, which must be that of a matrix. */
export function matrix(shape: Shape, what: string): Shape2 {
  if (!isShape2(shape)) throw wrongRank(2, shape, what);
  return shape;
}

/** The shape, which must be that of images or filters. */
export function images(shape: Shape, what: string): Shape4 {
  if (!isShape4(shape)) throw wrongRank(4, shape, what);
  return shape;
}

function wrongRank(rank: number, shape: Shape, what: string): ShapeError {
  return new ShapeError(`${what} must have ${rank} axes; got ${formatShape(shape)}.`);
}

/** The shape, which must have a second axis: the channels. */
export function withChannels(shape: Shape, what: string): ChannelShape {
  const [batch, channels, ...rest] = shape;
  if (batch === undefined || channels === undefined) {
    throw new ShapeError(`${what} must have a channel axis; got ${formatShape(shape)}.`);
  }
  return [batch, channels, ...rest];
}

/** Both shapes, which must be equal. */
export function same<S extends Shape>(a: S, b: Shape, what: string): S {
  if (!sameShape(a, b))
    throw new ShapeError(`${what} must have one shape, but have ${formatShape(a)} and ${formatShape(b)}.`);
  return a;
}

/** Throws `ShapeError` unless the shape is the expected one. */
export function expectShape(actual: Shape, expected: Shape, what: string): void {
  if (!sameShape(actual, expected)) {
    throw new ShapeError(`${what} must have shape ${formatShape(expected)}; got ${formatShape(actual)}.`);
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
    const space = input[axis] + padding[axis] + (axis === 0 ? padding[2] : padding[3]);
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
export function imageSize([, , height, width]: Shape4): Pair {
  return [height, width];
}
