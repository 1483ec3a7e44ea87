import type { CookToom, Matrix } from "./cook-toom.js";

/**
 * How much larger the rounding errors of a tile are than those of the sums of products they stand for, along one axis:
 * the larger of the ratios of a convolution and of its filters' gradient.
 *
 * What is rounded are the products at the points, which `Aᵀ` then weighs. Of data that are independent of each other and
 * of like size, the root mean square at point `p` is `‖G_p‖ · ‖B_p‖` times that of a single product of the sum, and
 * independent errors add up by their squares: those of output `o` to `√Σ_p (A_op · ‖G_p‖ · ‖B_p‖)²`, where a sum of `r`
 * products has at most `r`. Left out is
 * what the transforms themselves round, which fades as channels grow: 26 % at 64 of them. (Barabasz, Anderson, Soodhalter and Gregg, 2020, "Error analysis and improving the accuracy
 * of Winograd convolution for deep neural networks", theorem 1, bounds the worst case by the same norms.) The filters'
 * gradient is the same with `A` and `G` exchanged.
 */
export function amplification({ inverse, filter, input }: CookToom): number {
  const [outputs, filters] = [transposed(inverse), filter];
  return Math.max(ratio(outputs, filters, input), ratio(filters, outputs, input));
}

/** Of the sums that `outer` makes of the products of what `inner` and `input` make, a row a point in all three. */
function ratio(outer: Matrix, inner: Matrix, input: Matrix): number {
  const terms = inner[0]!.length;
  const made = transposed(outer).map((weights) =>
    Math.hypot(...weights.map((weight, point) => weight * norm(inner[point]) * norm(input[point]))),
  );
  return Math.max(...made) / terms;
}

function norm(row: readonly number[] = []): number {
  return Math.hypot(...row);
}

function transposed(matrix: Matrix): Matrix {
  return (matrix[0] ?? []).map((_, column) => matrix.map((row) => row[column]!));
}
