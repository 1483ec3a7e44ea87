import type { Tensor } from "@alexnet/core";
import { expect, it } from "vitest";
import { operationCases } from "../src/operations/cases.js";
import { caseFeed } from "../src/operations/inputs.js";
import { unitRoundoff } from "../src/tolerance.js";

const deciding = operationCases.filter(
  ({ kinds, draws }) => kinds.some((kind) => kind === "relu" || kind === "maxPool") && draws?.input !== "tied",
);

it.each(deciding)("what $name decides on is further apart than any precision rounds", (operationCase) => {
  // Two numbers of at most 1, each rounded.
  const rounding = 2 * Math.max(...Object.values(unitRoundoff));
  for (const seed of [1, 2, 3]) {
    const { data } = caseFeed(operationCase, seed).input as Tensor;
    const compared = operationCase.name === "relu" ? [...data, 0] : [...data];
    const sorted = compared.sort((a, b) => a - b);
    const gaps = sorted.slice(1).map((value, index) => value - (sorted[index] as number));
    expect(Math.min(...gaps), `seed ${seed}`).toBeGreaterThan(rounding);
  }
});

it("covers ReLU and max-pooling, ties included", () => {
  expect(deciding.map(({ name }) => name)).toContain("relu");
  expect(deciding.length).toBeGreaterThan(4);
  expect(operationCases.some(({ draws }) => draws?.input === "tied")).toBe(true);
});
