import { permutation, type Shape, sizeOf, type Tensor, type TensorMap, uniform } from "@alexnet/core";
import type { OperationCase } from "./cases.js";

/** What an operation case is fed: float32 values that the seed decides. */
export function caseFeed({ name, inputs, draws = {}, range = [-1, 1] }: OperationCase, seed: number): TensorMap {
  const feed: Record<string, Tensor> = {};
  for (const [input, shape] of Object.entries(inputs)) {
    feed[input] = {
      shape,
      data: drawn(shape, { seed, purpose: `operations:${name}:${input}` }, draws[input] ?? range),
    };
  }
  return feed;
}

function drawn(
  shape: Shape,
  key: { readonly seed: number; readonly purpose: string },
  how: "distinct" | "tied" | readonly [from: number, to: number],
): Float32Array {
  const size = sizeOf(shape);
  if (how === "distinct") return Float32Array.from(permutation(key, size), (rank) => (2 * rank + 1) / size - 1);
  const draws = uniform(key, size);
  if (how === "tied") return draws.map((draw) => Math.floor(4 * draw) / 4);
  const [from, to] = how;
  return draws.map((draw) => from + draw * (to - from));
}
