import { sizeOf, type Tensor } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { operationCases } from "../src/operations/cases/index.js";
import { coveringArray } from "../src/operations/covering.js";
import { caseFeed } from "../src/operations/operation-case.js";
import { unitRoundoff } from "../src/tolerance.js";

const RANKED = new Set<unknown>(["distinct", "negative", "slight", "abysmal"]);

const ranked = operationCases.filter(({ inputs }) => Object.values(inputs).some(({ values }) => RANKED.has(values)));

it.each(ranked)("what $name decides on is further apart than rounding takes it", (operationCase) => {
  for (const seed of [1, 2, 3]) {
    const feed = caseFeed(operationCase, seed);
    for (const [name, { shape, values }] of Object.entries(operationCase.inputs)) {
      if (!RANKED.has(values)) continue;
      const sorted = [...(feed[name] as Tensor).data].sort((a, b) => a - b);
      const largest = Math.max(...sorted.map(Math.abs));
      const gaps = sorted.slice(1).map((value, index) => (value - (sorted[index] as number)) / largest);
      // Two numbers, each rounded; of many values only those are held apart that an engine of float32 compares.
      const units = sizeOf(shape) <= 1000 ? Object.values(unitRoundoff) : [unitRoundoff.float32];
      expect(Math.min(Number.POSITIVE_INFINITY, ...gaps), `${name}, seed ${seed}`).toBeGreaterThan(
        2 * Math.max(...units),
      );
    }
  }
});

it("covers ReLU and max-pooling, ties included", () => {
  const names = ranked.map(({ name }) => name);
  expect(names.some((name) => name.startsWith("relu"))).toBe(true);
  expect(names.some((name) => name.startsWith("maxPool"))).toBe(true);
  const tied = operationCases.filter(({ inputs }) => inputs.input?.values === "tied");
  expect(tied.some(({ name }) => name.startsWith("maxPool"))).toBe(true);
});

it("gives every case a name of its own", () => {
  const names = operationCases.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe("a covering array", () => {
  const factors = { a: [1, 2, 3], b: ["x", "y"], c: [true, false], d: [0, 1, 2, 3] } as const;

  it("holds every pair of levels", () => {
    const rows = coveringArray(factors);
    expect(rows.length).toBeLessThanOrEqual(18);
    for (const a of factors.a)
      for (const d of factors.d) expect(rows.some((row) => row.a === a && row.d === d)).toBe(true);
    for (const b of factors.b)
      for (const c of factors.c) expect(rows.some((row) => row.b === b && row.c === c)).toBe(true);
    for (const b of factors.b)
      for (const d of factors.d) expect(rows.some((row) => row.b === b && row.d === d)).toBe(true);
  });

  it("leaves out what is not allowed, and nothing else", () => {
    const rows = coveringArray(factors, ({ a, d }) => d <= a);
    expect(rows.every(({ a, d }) => d <= a)).toBe(true);
    for (const a of factors.a) {
      for (const d of factors.d.filter((level) => level <= a)) {
        expect(rows.some((row) => row.a === a && row.d === d)).toBe(true);
      }
    }
  });

  it("is the same each time", () => {
    expect(coveringArray(factors)).toEqual(coveringArray(factors));
  });
});
