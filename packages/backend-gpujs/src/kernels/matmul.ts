import { inFours, type Matrix, type OperationKernel, type Quad, type Thread, type Volume } from "./kernel.js";
import { unpackQuads } from "./quads.js";

/** `rows` and `columns` of the product, and the length of the sums. */
interface Extents {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
  /** Fours of the sums. */
  readonly steps: number;
}

/** `a` as the product reads it: of each four rows each four values, these sixteen next to each other; zeros past the end. */
function tiled(this: Thread<Extents>, a: Matrix): number {
  const inQuad = Math.floor((this.thread.x + 0.25) / 4);
  const row = this.thread.z * 4 + inQuad;
  const k = this.thread.y * 4 + this.thread.x - inQuad * 4;
  let result = 0;
  if (row < this.constants.rows && k < this.constants.inner) {
    result = a[row]![k]!;
  }
  return result;
}

/** The same of `a` transposed. */
function tiledTransposed(this: Thread<Extents>, a: Matrix): number {
  const inQuad = Math.floor((this.thread.x + 0.25) / 4);
  const row = this.thread.z * 4 + inQuad;
  const k = this.thread.y * 4 + this.thread.x - inQuad * 4;
  let result = 0;
  if (row < this.constants.rows && k < this.constants.inner) {
    result = a[k]![row]!;
  }
  return result;
}

/** Four rows of `a · b` at one column, four places of the sums at a time: four values of `b` serve sixteen products. */
function product(this: Thread<Extents>, tiles: Volume, b: Matrix): Quad {
  const column = Math.min(this.thread.x, this.constants.columns - 1);
  const last = this.constants.inner - 1;
  const q = this.thread.y;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let t = 0; t < this.constants.steps; t++) {
    const k = t * 4;
    const v0 = b[k]![column]!;
    // Past the end of the sums the tile holds zeros.
    const v1 = b[Math.min(k + 1, last)]![column]!;
    const v2 = b[Math.min(k + 2, last)]![column]!;
    const v3 = b[Math.min(k + 3, last)]![column]!;
    s0 += v0 * tiles[q]![t]![0]! + v1 * tiles[q]![t]![1]! + v2 * tiles[q]![t]![2]! + v3 * tiles[q]![t]![3]!;
    s1 += v0 * tiles[q]![t]![4]! + v1 * tiles[q]![t]![5]! + v2 * tiles[q]![t]![6]! + v3 * tiles[q]![t]![7]!;
    s2 += v0 * tiles[q]![t]![8]! + v1 * tiles[q]![t]![9]! + v2 * tiles[q]![t]![10]! + v3 * tiles[q]![t]![11]!;
    s3 += v0 * tiles[q]![t]![12]! + v1 * tiles[q]![t]![13]! + v2 * tiles[q]![t]![14]! + v3 * tiles[q]![t]![15]!;
  }
  return [s0, s1, s2, s3];
}

/** The same with `b` transposed. */
function productTransposed(this: Thread<Extents>, tiles: Volume, b: Matrix): Quad {
  const column = Math.min(this.thread.x, this.constants.columns - 1);
  const last = this.constants.inner - 1;
  const q = this.thread.y;
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let t = 0; t < this.constants.steps; t++) {
    const k = t * 4;
    const v0 = b[column]![k]!;
    // Past the end of the sums the tile holds zeros.
    const v1 = b[column]![Math.min(k + 1, last)]!;
    const v2 = b[column]![Math.min(k + 2, last)]!;
    const v3 = b[column]![Math.min(k + 3, last)]!;
    s0 += v0 * tiles[q]![t]![0]! + v1 * tiles[q]![t]![1]! + v2 * tiles[q]![t]![2]! + v3 * tiles[q]![t]![3]!;
    s1 += v0 * tiles[q]![t]![4]! + v1 * tiles[q]![t]![5]! + v2 * tiles[q]![t]![6]! + v3 * tiles[q]![t]![7]!;
    s2 += v0 * tiles[q]![t]![8]! + v1 * tiles[q]![t]![9]! + v2 * tiles[q]![t]![10]! + v3 * tiles[q]![t]![11]!;
    s3 += v0 * tiles[q]![t]![12]! + v1 * tiles[q]![t]![13]! + v2 * tiles[q]![t]![14]! + v3 * tiles[q]![t]![15]!;
  }
  return [s0, s1, s2, s3];
}

export const matmul: OperationKernel<"matmul"> = async (run, [a, b], { attributes, shape }, [aShape, bShape]) => {
  const [rows, columns] = shape;
  const { transposeA, transposeB } = attributes;
  const inner = aShape[transposeA ? 0 : 1];
  const steps = inFours(inner) / 4;
  const quads = inFours(rows) / 4;
  const integers = { rows, columns, inner, steps };
  const [aRows, aColumns] = aShape;
  const [bRows, bColumns] = bShape;
  const tiles = await run(transposeA ? tiledTransposed : tiled, { output: [16, steps, quads], integers }, [
    [a, [aColumns, aRows]],
  ]);
  const width = inFours(columns);
  const result = await run(transposeB ? productTransposed : product, { output: [width, quads], integers }, [
    [tiles, [16, steps, quads]],
    [b, [bColumns, bRows]],
  ]);
  return unpackQuads(run, result, { width, length: columns, rows, groups: 1, images: 1 });
};
