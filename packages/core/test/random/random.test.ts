import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/index.js";
import { dropoutMask, normal, permutation, type RandomKey, uniform } from "../../src/random/index.js";
import { randomBits } from "../../src/random/random.js";
import { goldenJson } from "../golden.js";

const KEY: RandomKey = { seed: 2012, purpose: "known answer", step: 3 };
const MANY = 200_000;

function moments(draws: ArrayLike<number>): { mean: number; variance: number; skewness: number; kurtosis: number } {
  const values = Array.from(draws);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const central = (power: number): number =>
    values.reduce((sum, value) => sum + (value - mean) ** power, 0) / values.length;
  const variance = central(2);
  return { mean, variance, skewness: central(3) / variance ** 1.5, kurtosis: central(4) / variance ** 2 };
}

function correlation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [ma, mb] = [moments(a), moments(b)];
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - ma.mean) * ((b[i] as number) - mb.mean);
  return sum / a.length / Math.sqrt(ma.variance * mb.variance);
}

describe("a stream of random bits", () => {
  it.each(goldenJson<(Required<RandomKey> & { words: number[] })[]>("philox"))(
    "is the one the Python witness draws for seed $seed, purpose $purpose, step $step",
    ({ words, ...key }) => {
      expect(Array.from(randomBits(key, words.length))).toEqual(words);
    },
  );

  it("does not depend on how much of it is asked for", () => {
    expect(randomBits(KEY, 1000).subarray(0, 7)).toEqual(randomBits(KEY, 7));
    expect(randomBits(KEY, 0)).toHaveLength(0);
  });

  it("has step 0 where none is given", () => {
    expect(randomBits({ seed: 1, purpose: "p" }, 8)).toEqual(randomBits({ seed: 1, purpose: "p", step: 0 }, 8));
  });

  it("is another one for another seed, purpose or step, beyond 32 bits too", () => {
    const { seed, purpose, step = 0 } = KEY;
    const others: RandomKey[] = [
      KEY,
      { ...KEY, seed: seed + 1 },
      { ...KEY, seed: seed + 2 ** 32 },
      { ...KEY, seed: seed + 2 ** 52 },
      { ...KEY, purpose: `${purpose}.` },
      { ...KEY, step: step + 1 },
      { ...KEY, step: step + 2 ** 32 },
    ];
    const streams = others.map((key) => uniform(key, 10_000));
    for (const [i, a] of streams.entries()) {
      for (const b of streams.slice(i + 1)) expect(Math.abs(correlation(a, b))).toBeLessThan(0.05);
    }
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])("has no seed or step %d", (value) => {
    expect(() => randomBits({ seed: value, purpose: "p" }, 1)).toThrow(InvalidArgumentError);
    expect(() => randomBits({ seed: value, purpose: "p" }, 1)).toThrow("The seed");
    expect(() => randomBits({ seed: 1, purpose: "p", step: value }, 1)).toThrow("The step");
  });
});

describe("uniform", () => {
  it("gives these numbers for ever", () => {
    const known = [1470358, 9618001, 472168, 1923876, 7972458, 13611574].map((numerator) => numerator / 2 ** 24);
    expect(Array.from(uniform(KEY, 6))).toEqual(known);
  });

  it("lies in [0, 1) with the moments of the uniform distribution", () => {
    const draws = uniform(KEY, MANY);
    expect(draws.every((draw) => draw >= 0 && draw < 1)).toBe(true);
    const { mean, variance, kurtosis } = moments(draws);
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(variance).toBeCloseTo(1 / 12, 3);
    expect(Math.abs(kurtosis - 9 / 5)).toBeLessThan(0.01);
  });

  it("fills every tenth of [0, 1) alike", () => {
    const counts = new Array(10).fill(0);
    for (const draw of uniform(KEY, MANY)) counts[Math.floor(draw * 10)]++;
    for (const count of counts) expect(Math.abs(count / MANY - 0.1)).toBeLessThan(0.003);
  });

  it("follows no draw by one that depends on it", () => {
    const draws = uniform(KEY, MANY);
    for (const lag of [1, 2, 3, 4]) {
      expect(Math.abs(correlation(draws.subarray(0, -lag), draws.subarray(lag)))).toBeLessThan(0.01);
    }
  });
});

describe("normal", () => {
  it("gives these numbers for ever", () => {
    const known = [
      -1.9768105745315552, -0.980434000492096, 2.0081169605255127, 1.7630510330200195, 0.4584023356437683,
      -1.1304534673690796,
    ];
    expect(Array.from(normal(KEY, 6))).toEqual(known);
    expect(Array.from(normal(KEY, 5))).toEqual(known.slice(0, 5));
  });

  it("has the moments of the standard normal distribution", () => {
    const { mean, variance, skewness, kurtosis } = moments(normal(KEY, MANY));
    expect(Math.abs(mean)).toBeLessThan(0.01);
    expect(Math.abs(variance - 1)).toBeLessThan(0.01);
    expect(Math.abs(skewness)).toBeLessThan(0.03);
    expect(Math.abs(kurtosis - 3)).toBeLessThan(0.06);
  });

  it("has its two halves of each pair independent", () => {
    const draws = normal(KEY, MANY);
    const [even, odd] = [0, 1].map((parity) => draws.filter((_, i) => i % 2 === parity)) as [
      Float32Array,
      Float32Array,
    ];
    expect(Math.abs(correlation(even, odd))).toBeLessThan(0.01);
    expect(Math.abs(correlation(even.map(Math.abs), odd.map(Math.abs)))).toBeLessThan(0.01);
  });
});

describe("permutation", () => {
  it("gives this order for ever", () => {
    expect(Array.from(permutation(KEY, 10))).toEqual([7, 1, 3, 0, 2, 8, 9, 5, 6, 4]);
  });

  it.each([0, 1, 2, 1000])("holds each of %i numbers once", (count) => {
    const sorted = Array.from(permutation(KEY, count)).sort((a, b) => a - b);
    expect(sorted).toEqual(Array.from({ length: count }, (_, index) => index));
  });

  it("finds every order of three equally likely", () => {
    const counts = new Map<string, number>();
    for (let step = 0; step < 6000; step++) {
      const order = permutation({ seed: 1, purpose: "orders", step }, 3).join("");
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(120);
  });
});

describe("a position in a stream", () => {
  it.each([0, 1, 3, 4, 7, 1000])("from %i on there is what there is in the whole", (from) => {
    const whole = uniform(KEY, 1100);
    expect(uniform(KEY, 100, from)).toEqual(whole.slice(from, from + 100));
    expect(dropoutMask(KEY, 0.5, 100, from)).toEqual(dropoutMask(KEY, 0.5, 1100).slice(from, from + 100));
  });
});

describe("dropoutMask", () => {
  it("gives this mask for ever", () => {
    const kept = Math.fround(1 / 0.75);
    expect(Array.from(dropoutMask(KEY, 0.25, 10))).toEqual([...new Array(5).fill(kept), 0, ...new Array(4).fill(kept)]);
  });

  it.each([0.1, 0.5, 0.8])("drops the fraction %d and scales the rest, so that the mean stays 1", (rate) => {
    const mask = dropoutMask(KEY, rate, MANY);
    const dropped = mask.filter((value) => value === 0).length / MANY;
    expect(Math.abs(dropped - rate)).toBeLessThan(0.005);
    expect(new Set(mask)).toEqual(new Set([0, Math.fround(1 / (1 - rate))]));
    expect(Math.abs(moments(mask).mean - 1)).toBeLessThan(0.02);
  });

  it("keeps everything at rate 0", () => {
    expect(dropoutMask(KEY, 0, 100)).toEqual(new Float32Array(100).fill(1));
  });

  it.each([-0.1, 1, Number.NaN])("refuses the rate %d", (rate) => {
    expect(() => dropoutMask(KEY, rate, 1)).toThrow(InvalidArgumentError);
  });
});
