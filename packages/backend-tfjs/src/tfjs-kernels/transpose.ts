import type { Shape } from "@alexnet/core";

/** Rows and columns moved together: a tile of both tensors stays in the first-level cache. */
const TILE = 16;

/** An axis of the result: its extent and how far one step along it goes in each tensor. */
interface Axis {
  readonly extent: number;
  readonly from: number;
  readonly to: number;
}

/**
 * Writes `source` to `target` with its axes rearranged: axis `i` of the target is axis `permutation[i]` of the source. Tiles
 * of the two axes that are contiguous in one of the tensors are moved at a time.
 */
export function transposeInto(
  source: Float32Array,
  target: Float32Array,
  shape: Shape,
  permutation: readonly number[],
): void {
  const from = strides(shape);
  const to = strides(permutation.map((axis) => shape[axis]!));
  const axes = permutation
    .map(
      (axis, position): Axis => ({
        extent: shape[axis]!,
        from: from[axis]!,
        to: to[position]!,
      }),
    )
    .filter(({ extent }) => extent > 1);
  const contiguous = axes.find((axis) => axis.from === 1 && axis.to === 1);
  const row = axes.find((axis) => axis.from === 1 && axis !== contiguous);
  const column = axes.find((axis) => axis.to === 1 && axis !== contiguous);
  const outer = axes.filter((axis) => axis !== contiguous && axis !== row && axis !== column);
  eachPosition(outer, 0, 0, (start, end) => {
    if (row && column) moveTiles(source, target, row, column, start, end);
    else target.set(source.subarray(start, start + (contiguous?.extent ?? 1)), end);
  });
}

function strides(shape: Shape): number[] {
  const result = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    result[axis] = stride;
    stride *= shape[axis]!;
  }
  return result;
}

function eachPosition(
  axes: readonly Axis[],
  from: number,
  to: number,
  visit: (from: number, to: number) => void,
): void {
  const [axis, ...rest] = axes;
  if (!axis) {
    visit(from, to);
    return;
  }
  for (let index = 0; index < axis.extent; index++) {
    eachPosition(rest, from + index * axis.from, to + index * axis.to, visit);
  }
}

function moveTiles(
  source: Float32Array,
  target: Float32Array,
  row: Axis,
  column: Axis,
  start: number,
  end: number,
): void {
  for (let firstRow = 0; firstRow < row.extent; firstRow += TILE) {
    const lastRow = Math.min(row.extent, firstRow + TILE);
    for (let firstColumn = 0; firstColumn < column.extent; firstColumn += TILE) {
      const lastColumn = Math.min(column.extent, firstColumn + TILE);
      for (let i = firstRow; i < lastRow; i++) {
        for (let j = firstColumn; j < lastColumn; j++) {
          target[end + i * row.to + j] = source[start + i + j * column.from]!;
        }
      }
    }
  }
}
