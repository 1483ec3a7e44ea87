/**
 * The three matrices of a one-dimensional convolution of `m` outputs with a filter of `r` taps by `n = m + r − 1`
 * multiplications in place of `m · r`: `y = Aᵀ [(G g) ⊙ (Bᵀ d)]`.
 *
 * Cook and Toom's algorithm, which Winograd's is one form of: polynomials are multiplied at `n − 1` points and infinity
 * (Lavin and Gray, "Fast algorithms for convolutional neural networks", 2016, section 4; Blahut, "Fast algorithms for
 * signal processing", chapter 5). Correlation is the transpose of that product.
 */
export interface CookToom {
  /** Outputs of a tile. */
  readonly outputs: number;
  /** Taps of the filter. */
  readonly taps: number;
  /** Multiplications of a tile, and inputs it reads. */
  readonly points: number;
  /** `Aᵀ`, [outputs, points]. */
  readonly inverse: Matrix;
  /** `G`, [points, taps]. */
  readonly filter: Matrix;
  /** `Bᵀ`, [points, points]. */
  readonly input: Matrix;
}

export type Matrix = readonly (readonly number[])[];

/** Points whose powers stay small and exact, and whose sums cancel least (Barabasz et al., 2020, section 5). */
const POINTS = [0, 1, -1, 2, -2, 1 / 2, -1 / 2] as const;

export function cookToom(outputs: number, taps: number): CookToom {
  const points = outputs + taps - 1;
  const finite = POINTS.slice(0, points - 1);
  const atInfinity = (length: number): number[] => Array.from({ length }, (_, power) => Number(power === length - 1));
  const others = (point: number): readonly number[] => finite.filter((other) => other !== point);
  const divisor = (point: number): number => others(point).reduce((product, other) => product * (point - other), 1);
  const powers = (point: number, count: number): number[] =>
    Array.from({ length: count }, (_, power) => point ** power);
  const columns = [...finite.map((point) => powers(point, outputs)), atInfinity(outputs)];
  return {
    outputs,
    taps,
    points,
    inverse: Array.from({ length: outputs }, (_, output) => columns.map((column) => column[output]!)),
    filter: [...finite.map((point) => powers(point, taps).map((power) => power / divisor(point))), atInfinity(taps)],
    input: [...finite.map((point) => [...rootedAt(others(point)), 0]), rootedAt(finite)],
  };
}

/** Coefficients, the constant first, of the polynomial with these roots. */
function rootedAt(roots: readonly number[]): readonly number[] {
  let coefficients: readonly number[] = [1];
  for (const root of roots) {
    const raised = [0, ...coefficients];
    coefficients = raised.map((value, power) => value - root * (coefficients[power] ?? 0));
  }
  return coefficients;
}
