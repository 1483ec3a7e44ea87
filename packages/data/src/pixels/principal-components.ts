import { DatasetError, type PrincipalComponents } from "@alexnet/core";

/** Sums over colors, from which the components of any number of images come, one after the other. */
export interface ColorSums {
  /** Adds the pixels of an image, red, green and blue after each other. */
  add(pixels: Uint8Array): void;
  /** Adds those of an image whose red, green and blue, whole numbers, are in planes of so many pixels. */
  addPlanes(planes: ArrayLike<number>, pixels: number): void;
  /** Throws `DatasetError` when there were no pixels. */
  components(): PrincipalComponents;
}

/** Sums that hold nothing yet. They are exact: whole numbers below 2^53, for up to 138 billion pixels. */
export function colorSums(): ColorSums {
  let count = 0;
  const sums = [0, 0, 0];
  const products = [0, 0, 0, 0, 0, 0];

  /** Of so many pixels, each so far from the next, and so far from one of its colors to the next. */
  function addAll(values: ArrayLike<number>, pixels: number, next: number, color: number): void {
    for (let pixel = 0, at = 0; pixel < pixels; pixel++, at += next) {
      const [r, g, b] = [values[at]!, values[at + color]!, values[at + 2 * color]!];
      sums[0]! += r;
      sums[1]! += g;
      sums[2]! += b;
      products[0]! += r * r;
      products[1]! += r * g;
      products[2]! += r * b;
      products[3]! += g * g;
      products[4]! += g * b;
      products[5]! += b * b;
    }
    count += pixels;
  }

  return {
    add: (pixels) => addAll(pixels, Math.floor(pixels.length / 3), 3, 1),
    addPlanes: (planes, pixels) => addAll(planes, pixels, 1, pixels),
    components() {
      if (count === 0) throw new DatasetError("There are no colors, so they have no principal components.");
      const mean = sums.map((sum) => sum / count);
      const place = [
        [0, 1, 2],
        [1, 3, 4],
        [2, 4, 5],
      ];
      const covariance = place.map((row, i) =>
        row.map((which, j) => (products[which]! / count - mean[i]! * mean[j]!) / 255 ** 2),
      );
      return eigen(covariance);
    },
  };
}

/** Eigenvalues and eigenvectors of a symmetric matrix of three rows, by Jacobi's rotations; three converge to the last bits. */
function eigen(symmetric: readonly (readonly number[])[]): PrincipalComponents {
  const a = symmetric.map((row) => [...row]);
  const v = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  for (let sweep = 0; sweep < 30; sweep++) {
    for (const [p, q] of [
      [0, 1],
      [0, 2],
      [1, 2],
    ] as const) {
      if (a[p]![q] === 0) continue;
      const theta = (a[q]![q]! - a[p]![p]!) / (2 * a[p]![q]!);
      const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.hypot(theta, 1));
      const c = 1 / Math.hypot(t, 1);
      const s = t * c;
      for (const row of [0, 1, 2]) rotate(a[row]!, p, q, c, s);
      for (const column of [0, 1, 2]) {
        const [ap, aq] = [a[p]![column]!, a[q]![column]!];
        a[p]![column] = c * ap - s * aq;
        a[q]![column] = s * ap + c * aq;
      }
      for (const row of v) rotate(row, p, q, c, s);
    }
  }
  const order = [0, 1, 2].sort((i, j) => a[j]![j]! - a[i]![i]!);
  return {
    eigenvalues: order.map((which) => Math.max(a[which]![which]!, 0)),
    eigenvectors: order.map((which) => {
      const vector = v.map((row) => row[which]!);
      const largest = vector.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
      return vector.map((value) => (largest < 0 ? -value : value));
    }),
  };
}

function rotate(row: number[], p: number, q: number, c: number, s: number): void {
  const [rp, rq] = [row[p]!, row[q]!];
  row[p] = c * rp - s * rq;
  row[q] = s * rp + c * rq;
}
