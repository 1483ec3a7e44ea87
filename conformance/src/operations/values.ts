import { type Shape, sizeOf } from "@alexnet/core";
import { permutation, type RandomKey, uniform } from "@alexnet/core/random";

/** A power of two whose square is still far from the ends of float32, and of its products with ordinary numbers. */
const FAR = 2 ** 30;

const spread = (draw: number): number => 2 * draw - 1;

/** How the numbers of a tensor are drawn: from a uniform draw each. */
const classes = {
  /** From [−1, 1). */
  ordinary: spread,
  /** From [−2^30, 2^30). */
  large: (draw: number) => spread(draw) * FAR,
  /** From [−2^-30, 2^-30). */
  tiny: (draw: number) => spread(draw) / FAR,
  /** Of sizes from 2^-20 to 2^20, in one tensor. */
  mixed: (draw: number) => spread((draw * 64) % 1) * 2 ** (Math.floor(draw * 41) - 20),
  /** Multiples of a quarter, so that most comparisons are ties. */
  tied: (draw: number) => Math.floor(4 * draw) / 4,
  /** 0 and −0, with few others between. */
  zeros: (draw: number) => (draw < 0.1 ? spread(draw) : draw < 0.5 ? -0 : 0),
  /** Half of them 0. */
  sparse: (draw: number) => (draw < 0.5 ? 0 : 4 * draw - 3),
  /** Too small for a normal float32: engines may take them for 0, but for nothing else. */
  subnormal: (draw: number) => spread(draw) * 2 ** -142,
  /** 0 and 1. */
  bits: (draw: number) => Math.round(draw),
} as const satisfies Readonly<Record<string, (draw: number) => number>>;

/** How numbers are drawn that are compared with one another: from their rank among `count`, so that no two are close. */
const ranked = {
  /** Evenly spaced in [−1, 1), never 0. */
  distinct: (rank: number, count: number) => (2 * rank + 1) / count - 1,
  /** Evenly spaced in (−1, 0). */
  negative: (rank: number, count: number) => (rank + 0.5) / count - 1,
  /** Evenly spaced in [−2^-30, 2^-30), never 0. */
  slight: (rank: number, count: number) => ((2 * rank + 1) / count - 1) / FAR,
  /** Evenly spaced in (−2^100, 0), below anything that could stand for the smallest there is, but that. */
  abysmal: (rank: number, count: number) => ((rank + 0.5) / count - 1) * 2 ** 100,
} as const satisfies Readonly<Record<string, (rank: number, count: number) => number>>;

/** A class of values, or the range from which they are drawn. */
export type Values = keyof typeof classes | keyof typeof ranked | readonly [from: number, to: number] | "oneHot";

/** Float32 values of a tensor that the key decides. */
export function drawn(shape: Shape, key: RandomKey, values: Values): Float32Array {
  const size = sizeOf(shape);
  if (values === "oneHot") return oneHot(shape, key);
  if (isRanked(values)) return Float32Array.from(permutation(key, size), (rank) => ranked[values](rank, size));
  const draws = uniform(key, size);
  if (typeof values === "string") return draws.map(classes[values]);
  const [from, to] = values;
  return draws.map((draw) => from + draw * (to - from));
}

function isRanked(values: Values): values is keyof typeof ranked {
  return typeof values === "string" && Object.hasOwn(ranked, values);
}

/** One class of each row, as labels are. */
function oneHot([rows, classes]: Shape, key: RandomKey): Float32Array {
  const labels = new Float32Array(rows! * classes!);
  for (const [row, draw] of uniform(key, rows!).entries()) {
    labels[row * classes! + Math.floor(draw * classes!)] = 1;
  }
  return labels;
}
