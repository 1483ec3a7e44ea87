import { inFours, type Run, type Thread, type Values, type Volume } from "./kernel.js";

/** What a product kernel left: for each image and each four rows, `width` cells of four values, of which `length` count. */
export interface QuadLayout {
  readonly width: number;
  readonly length: number;
  /** Rows of all groups together. */
  readonly rows: number;
  /** Each group's rows start a new quad. */
  readonly groups: number;
  readonly images: number;
}

interface Constants {
  readonly rowsPerGroup: number;
  readonly quadsPerGroup: number;
  /** Of one image. */
  readonly quads: number;
}

function unpacked(this: Thread<Constants>, quads: Volume): number {
  const group = Math.floor((this.thread.y + 0.25) / this.constants.rowsPerGroup);
  const row = this.thread.y - group * this.constants.rowsPerGroup;
  const quad = Math.floor((row + 0.25) / 4);
  // Indexed by the quad, the cell and the row in the quad: one axis for the last two could not be counted past 2^24.
  return quads[this.thread.z * this.constants.quads + group * this.constants.quadsPerGroup + quad]![this.thread.x]![
    row - quad * 4
  ]!;
}

/** Puts the rows that threads computed four at a time one after the other. */
export function unpackQuads(run: Run, quads: Values, layout: QuadLayout): Promise<Values> {
  const { width, length, rows, groups, images } = layout;
  const rowsPerGroup = rows / groups;
  const quadsPerGroup = inFours(rowsPerGroup) / 4;
  const integers = { rowsPerGroup, quadsPerGroup, quads: quadsPerGroup * groups };
  return run(unpacked, { output: [length, rows, images], integers }, [
    [quads, [4, width, quadsPerGroup * groups * images]],
  ]);
}
