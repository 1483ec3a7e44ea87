import type { Shape } from "@alexnet/core";
import { inFours, type Matrix, type OperationKernel, type Quad, type Shape2, type Thread, type Two } from "./kernel.js";
import { unpackQuads } from "./quads.js";

/** `rows` and `columns` of the product, and the length of the sums. */
interface Extents {
  readonly rows: number;
  readonly columns: number;
  readonly inner: number;
}

/** Four rows of `a · b` at one column: a value of `b`, once loaded, serves four sums. */
function product(this: Thread<Extents>, a: Matrix, b: Matrix): Quad {
  const column = Math.min(this.thread.x, this.constants.columns - 1);
  const last = this.constants.rows - 1;
  const i0 = this.thread.y * 4;
  const i1 = Math.min(i0 + 1, last);
  const i2 = Math.min(i0 + 2, last);
  const i3 = Math.min(i0 + 3, last);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < this.constants.inner; k++) {
    const value = b[k]![column]!;
    s0 += a[i0]![k]! * value;
    s1 += a[i1]![k]! * value;
    s2 += a[i2]![k]! * value;
    s3 += a[i3]![k]! * value;
  }
  return [s0, s1, s2, s3];
}

/** The same with `b` transposed. */
function productTransposed(this: Thread<Extents>, a: Matrix, b: Matrix): Quad {
  const column = Math.min(this.thread.x, this.constants.columns - 1);
  const last = this.constants.rows - 1;
  const i0 = this.thread.y * 4;
  const i1 = Math.min(i0 + 1, last);
  const i2 = Math.min(i0 + 2, last);
  const i3 = Math.min(i0 + 3, last);
  let s0 = 0;
  let s1 = 0;
  let s2 = 0;
  let s3 = 0;
  for (let k = 0; k < this.constants.inner; k++) {
    const value = b[column]![k]!;
    s0 += a[i0]![k]! * value;
    s1 += a[i1]![k]! * value;
    s2 += a[i2]![k]! * value;
    s3 += a[i3]![k]! * value;
  }
  return [s0, s1, s2, s3];
}

function transposed(this: Thread, input: Matrix): number {
  return input[this.thread.x]![this.thread.y]!;
}

export const matmul: OperationKernel<"matmul"> = async (run, inputs, { attributes, shape }, [aShape, bShape]) => {
  const [rows, columns] = shape as Shape2;
  const { transposeA, transposeB } = attributes;
  const inner = (aShape as Shape)[transposeA ? 0 : 1] as number;
  const [left, b] = inputs as Two;
  const a = transposeA ? await run(transposed, { output: [inner, rows] }, [[left, [rows, inner]]]) : left;
  const [bRows, bColumns] = bShape as Shape2;
  const width = inFours(columns);
  const quads = await run(
    transposeB ? productTransposed : product,
    { output: [width, Math.ceil(rows / 4)], integers: { rows, columns, inner } },
    [
      [a, [inner, rows]],
      [b, [bColumns, bRows]],
    ],
  );
  return unpackQuads(run, quads, { width, length: columns, rows, groups: 1, images: 1 });
};
