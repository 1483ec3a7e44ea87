import { InvalidArgumentError, type RandomBox } from "@alexnet/core";
import { uniform } from "@alexnet/core/random";
import { checkOptions, describeValue } from "@alexnet/core/support";
import type { PixelFormat } from "./format.js";
import type { Crop } from "./resize.js";

/** So often a part is drawn that may not fit into the picture; then it is the middle. */
const TRIES = 10;
/** Draws for each try: area, proportions, and where it lies. */
const DRAWS = 4;

/** The part that is drawn for an image of this number. */
export function randomBox(
  { scale, ratio }: RandomBox,
  { height, width }: Pick<PixelFormat, "height" | "width">,
  { seed, step }: { readonly seed: number; readonly step: number },
): Crop {
  const draws = uniform({ seed, purpose: "augment:box", step }, TRIES * DRAWS);
  const [least, most] = [Math.log(ratio[0]), Math.log(ratio[1])];
  for (let attempt = 0; attempt < TRIES; attempt++) {
    const [size = 0, shape = 0, vertical = 0, horizontal = 0] = draws.subarray(attempt * DRAWS);
    const area = height * width * (scale[0] + size * (scale[1] - scale[0]));
    const proportions = Math.exp(least + shape * (most - least));
    const columns = Math.round(Math.sqrt(area * proportions));
    const rows = Math.round(Math.sqrt(area / proportions));
    if (columns < 1 || rows < 1 || columns > width || rows > height) continue;
    return {
      top: Math.floor(vertical * (height - rows + 1)),
      left: Math.floor(horizontal * (width - columns + 1)),
      height: rows,
      width: columns,
    };
  }
  return middleBox(ratio, height, width);
}

/** The largest part in the middle whose proportions are allowed. */
function middleBox([least, most]: RandomBox["ratio"], height: number, width: number): Crop {
  const proportions = width / height;
  const rows = proportions < least ? Math.round(width / least) : height;
  const columns = proportions > most ? Math.round(height * most) : width;
  return { top: (height - rows) >> 1, left: (width - columns) >> 1, height: rows, width: columns };
}

/** Throws `InvalidArgumentError` for a range that is none. */
export function checkRandomBox(box: RandomBox): void {
  checkOptions<RandomBox>("augment: resizedCrop", box, { scale: true, ratio: true });
  const isRange = (range: unknown, most: number): boolean => {
    if (!Array.isArray(range) || range.length !== 2) return false;
    const [from, to] = range;
    return Number.isFinite(from) && Number.isFinite(to) && from > 0 && from <= to && to <= most;
  };
  if (!isRange(box.scale, 1)) {
    throw new InvalidArgumentError(
      `augment: resizedCrop: scale must be [least, most], shares of the area above 0 and up to 1; got ${describeValue(box.scale)}.`,
    );
  }
  if (!isRange(box.ratio, Number.POSITIVE_INFINITY)) {
    throw new InvalidArgumentError(
      `augment: resizedCrop: ratio must be [least, most], both above 0; got ${describeValue(box.ratio)}.`,
    );
  }
}
