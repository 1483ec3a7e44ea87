import { describe, expect, it } from "vitest";
import type { Initializer } from "../../src/index.js";
import { initialValues } from "../../src/random/initializers.js";

const KEY = { seed: 1, purpose: "init:conv1.weight" };
const FANS = { fanIn: 25, fanOut: 150 };
const MANY = 100_000;

function largest(values: Float32Array): number {
  return values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
}

function standardDeviation(values: Float32Array): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

describe("initializers", () => {
  it("fill with a constant", () => {
    expect(initialValues({ kind: "constant", value: 1 }, FANS, KEY, 3)).toEqual(Float32Array.of(1, 1, 1));
  });

  it.each<[Initializer, number]>([
    [{ kind: "uniform", bound: 0.3 }, 0.3],
    [{ kind: "xavierUniform" }, Math.sqrt(6 / 175)],
    [{ kind: "pytorch" }, 1 / 5],
  ])("%j is uniform within its bound", (initializer, bound) => {
    const values = initialValues(initializer, FANS, KEY, MANY);
    expect(largest(values)).toBeLessThanOrEqual(bound);
    expect(largest(values)).toBeGreaterThan(0.999 * bound);
    expect(standardDeviation(values) / bound).toBeCloseTo(1 / Math.sqrt(3), 2);
  });

  it.each<[Initializer, number]>([
    [{ kind: "normal", standardDeviation: 0.01 }, 0.01],
    [{ kind: "heNormal" }, Math.sqrt(2 / 25)],
  ])("%j has its standard deviation", (initializer, expected) => {
    const values = initialValues(initializer, FANS, KEY, MANY);
    expect(standardDeviation(values) / expected).toBeCloseTo(1, 2);
    expect(largest(values)).toBeGreaterThan(3.5 * expected);
  });

  it.each<[Initializer, number[]]>([
    [{ kind: "pytorch" }, [-0.09836308658123016, 0.03886713832616806, 0.05176899582147598, -0.14355218410491943]],
    [{ kind: "xavierUniform" }, [-0.09106652438640594, 0.03598397970199585, 0.04792877659201622, -0.13290350139141083]],
    [
      { kind: "normal", standardDeviation: 0.01 },
      [-0.013562903739511967, -0.00948994979262352, 0.006081238854676485, 0.007457147352397442],
    ],
    [{ kind: "heNormal" }, [-0.3836168348789215, -0.26841631531715393, 0.17200341820716858, 0.21091997623443604]],
  ])("%j gives these numbers for ever", (initializer, known) => {
    expect(Array.from(initialValues(initializer, FANS, KEY, 4))).toEqual(known);
  });
});
