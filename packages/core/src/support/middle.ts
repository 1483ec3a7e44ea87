import type { Preprocessing } from "../data/preprocessing.js";
import { InvalidArgumentError } from "../errors.js";
import { checkTensor, formatShape, type Tensor } from "../tensor.js";

/** The shorter side that a picture is resized to before `[height, width]` is cut from its middle: 256 for 224, as with ImageNet. */
export function defaultShorterSide([height, width]: readonly [height: number, width: number]): number {
  return Math.round((Math.max(height, width) * 256) / 224);
}

/** What images are resized to, of which the model's size is taken. */
export interface Whole {
  readonly size: readonly [height: number, width: number];
  /** For `"center-crop"`. */
  readonly shorterSide: number;
  /** Where the middle of it begins. */
  readonly top: number;
  readonly left: number;
}

/** What images are resized to for a model that takes `[height, width]`. */
export function wholeOf(
  { cropFrom, shorterSide }: Pick<Preprocessing, "cropFrom" | "shorterSide">,
  [height, width]: readonly [height: number, width: number],
): Whole {
  const size = cropFrom ?? ([height, width] as const);
  return {
    size,
    shorterSide: shorterSide ?? (cropFrom ? Math.max(...cropFrom) : defaultShorterSide(size)),
    top: Math.floor((size[0] - height) / 2),
    left: Math.floor((size[1] - width) / 2),
  };
}

/** The middle of an image `[C, H, W]`. Throws `InvalidArgumentError`, with the name of the image, for one that is smaller. */
export function middleOf(
  name: string,
  image: Tensor,
  shape: readonly [channels: number, height: number, width: number],
): Float32Array {
  checkTensor(image, name);
  const [channels, height, width] = shape;
  const [found, rows = 0, columns = 0] = image.shape;
  if (image.shape.length !== 3 || found !== channels || rows < height || columns < width) {
    throw new InvalidArgumentError(
      `${name} must have the shape ${formatShape(shape)}, or be higher and wider; got ${formatShape(image.shape)}.`,
    );
  }
  const [top, left] = [Math.floor((rows - height) / 2), Math.floor((columns - width) / 2)];
  const middle = new Float32Array(channels * height * width);
  for (let row = 0; row < channels * height; row++) {
    const start = (Math.floor(row / height) * rows + top + (row % height)) * columns + left;
    middle.set(image.data.subarray(start, start + width), row * width);
  }
  return middle;
}
