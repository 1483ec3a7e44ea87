import type { CookToom, Matrix } from "./cook-toom.js";

/** One axis of an image, cut into tiles of as many outputs each as the transform makes. */
export interface Axis {
  readonly transform: CookToom;
  /** Pixels of the input, and zeros before the first of them. */
  readonly inputs: number;
  readonly padding: number;
  readonly outputs: number;
}

/** Some tiles in a row: the pixels they read and write, and the matrices for all of them at once. */
export interface Tiles {
  readonly count: number;
  /** First pixel of the input that they read, and the one after the last. */
  readonly reads: readonly [from: number, to: number];
  /** First output that they make, and the one after the last. */
  readonly writes: readonly [from: number, to: number];
  /** `Bᵀ` of every tile: [points · tiles, pixels read], a row a point and tile in this order. */
  readonly input: Float32Array;
  /** `Aᵀ` of every tile: [outputs, points · tiles]. */
  readonly inverse: Float32Array;
}

export function tileCount({ transform, outputs }: Axis): number {
  return Math.ceil(outputs / transform.outputs);
}

/** The tiles from the first on. What a tile reads outside the image is zero, and what it makes there is left out. */
export function tilesOf(axis: Axis, first: number, count: number): Tiles {
  const { transform, inputs, padding, outputs } = axis;
  const size = transform.outputs;
  const clip = (position: number, end: number): number => Math.min(Math.max(position, 0), end);
  const start = first * size - padding;
  const reads = [clip(start, inputs), clip(start + (count - 1) * size + transform.points, inputs)] as const;
  const writes = [first * size, Math.min((first + count) * size, outputs)] as const;
  const rows = transform.points * count;
  const input = new Float32Array(rows * (reads[1] - reads[0]));
  const inverse = new Float32Array((writes[1] - writes[0]) * rows);
  for (let tile = 0; tile < count; tile++) {
    eachEntry(transform.input, (point, offset, value) => {
      const pixel = start + tile * size + offset;
      if (pixel < reads[0] || pixel >= reads[1]) return;
      input[(point * count + tile) * (reads[1] - reads[0]) + pixel - reads[0]] = value;
    });
    eachEntry(transform.inverse, (offset, point, value) => {
      const output = tile * size + offset;
      if (writes[0] + output < writes[1]) inverse[output * rows + point * count + tile] = value;
    });
  }
  return { count, reads, writes, input, inverse };
}

/** `G ⊗ G`, [points², taps²], of both axes; for the turned filter if asked for. */
export function filterMatrix(vertical: CookToom, horizontal: CookToom, turned = false): Float32Array {
  const taps = vertical.taps * horizontal.taps;
  const matrix = new Float32Array(vertical.points * horizontal.points * taps);
  eachEntry(vertical.filter, (py, ky, y) => {
    eachEntry(horizontal.filter, (px, kx, x) => {
      const tap = ky * horizontal.taps + kx;
      matrix[(py * horizontal.points + px) * taps + (turned ? taps - 1 - tap : tap)] = y * x;
    });
  });
  return matrix;
}

/** The matrix with rows and columns exchanged. */
export function exchanged(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  return Float32Array.from(
    { length: matrix.length },
    (_, at) => matrix[(at % rows) * columns + Math.floor(at / rows)]!,
  );
}

function eachEntry(matrix: Matrix, visit: (row: number, column: number, value: number) => void): void {
  for (const [row, values] of matrix.entries()) {
    for (const [column, value] of values.entries()) visit(row, column, value);
  }
}
