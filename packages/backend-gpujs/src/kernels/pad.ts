import type { Shape4 } from "@alexnet/core";
import { inFours, type Run, type Thread, type Values, type Volume } from "./kernel.js";

/** Where the values of an image go in a larger one of zeros: value `i` to `before + i · step`. */
export interface Placement {
  readonly height: number;
  readonly width: number;
  readonly top: number;
  readonly left: number;
  readonly step: readonly [number, number];
}

interface Constants {
  readonly height: number;
  readonly width: number;
  readonly paddedWidth: number;
  readonly top: number;
  readonly left: number;
  readonly stepY: number;
  readonly stepX: number;
}

function placed(this: Thread<Constants>, input: Volume): number {
  const row = Math.floor((this.thread.x + 0.25) / this.constants.paddedWidth);
  const down = row - this.constants.top;
  const right = this.thread.x - row * this.constants.paddedWidth - this.constants.left;
  const y = Math.floor((down + 0.25) / this.constants.stepY);
  const x = Math.floor((right + 0.25) / this.constants.stepX);
  let result = 0;
  if (y >= 0 && x >= 0 && y < this.constants.height && x < this.constants.width) {
    if (y * this.constants.stepY === down && x * this.constants.stepX === right) {
      result = input[this.thread.z]![this.thread.y]![y * this.constants.width + x]!;
    }
  }
  return result;
}

/** The number of cells that `pad` gives a plane: whole fours, so that it can be computed by fours. */
export function paddedPlane({ height, width }: Placement): number {
  return inFours(height * width);
}

/** Images `[N, C, H, W]` with zeros around (and, with a step, between) their values, or cut; see `Placement`. */
export function pad(run: Run, images: Values, shape: Shape4, placement: Placement): Promise<Values> {
  const [batch, channels, height, width] = shape;
  const { top, left, step } = placement;
  const integers = { height, width, paddedWidth: placement.width, top, left, stepY: step[0], stepX: step[1] };
  return run(placed, { output: [paddedPlane(placement), channels, batch], integers }, [
    [images, [height * width, channels, batch]],
  ]);
}
