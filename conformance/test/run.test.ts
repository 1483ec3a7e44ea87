import { referenceBackend } from "@alexnet/backend-reference";
import type { Backend } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import {
  type Check,
  type CheckResult,
  type ConformanceOptions,
  NotApplicable,
  runConformance,
  worstRatio,
} from "../src/index.js";
import { conformance } from "../src/vitest.js";

const check = (id: string, run: Check["run"], more: Partial<Check> = {}): Check => ({
  id,
  level: 2,
  operations: [],
  work: 0,
  run,
  ...more,
});

const exact: Check["run"] = async () => [{ what: "y", error: 0, budget: 0 }];
const within: Check["run"] = async () => [{ what: "y", error: 3, budget: 4 }];
const over: Check["run"] = async () => [
  { what: "x", error: 5, budget: 4 },
  { what: "y", error: Number.NaN, budget: 4 },
];
const broken: Check["run"] = async () => {
  throw new Error("The device is lost.");
};
const inapplicable: Check["run"] = async () => {
  throw new NotApplicable("It has no device.");
};

async function resultsOf(
  checks: readonly Check[],
  options: Partial<ConformanceOptions> = {},
): Promise<readonly CheckResult[]> {
  const results: CheckResult[] = [];
  for await (const result of runConformance({ create: async () => referenceBackend(), checks, ...options })) {
    results.push(result);
  }
  return results;
}

describe("runConformance", () => {
  it("passes what is within its budget and says what is not", async () => {
    const results = await resultsOf([
      check("exact", exact),
      check("within", within),
      check("over", over),
      check("broken", broken),
    ]);
    expect(results.map(({ status }) => status)).toEqual(["passed", "passed", "failed", "failed"]);
    expect(results[2]?.reason).toBe("x is off by 5.00 units of roundoff; 4.00 are allowed, and 1 more.");
    expect(results[3]?.reason).toBe("The device is lost.");
    expect(results[3]?.stack).toMatch(/The device is lost\.\n +at .*run\.test\.ts/);
  });

  it("skips, with the reason, what the backend does not have, what is too much, and what does not apply", async () => {
    const lacking = check("lacking", exact, { operations: ["conv2d", "fourier" as "conv2d"] });
    const results = await resultsOf([lacking, check("long", exact, { work: 2e9 }), check("not", inapplicable)], {
      mostWork: 1e9,
    });
    expect(results.map(({ status }) => status)).toEqual(["skipped", "skipped", "skipped"]);
    expect(results.map(({ skipped }) => skipped)).toEqual(["operation", "work", "capability"]);
    expect(results.map(({ reason }) => reason)).toEqual([
      "reference does not have fourier.",
      "It takes more multiply-adds than the 1.0e+9 asked for.",
      "It has no device.",
    ]);
  });

  it("accepts a failure that is expected, and nothing else", async () => {
    const id = "operations/relu distinct";
    const expectations = [{ check: id, reason: "Known.", issue: "#7" }];
    const [failing] = await resultsOf([check(id, over)], { expectations });
    expect(failing).toMatchObject({ status: "expected", reason: "Known.", issue: "#7" });
    const [passing] = await resultsOf([check(id, exact)], { expectations });
    expect(passing).toMatchObject({ status: "unexpected", issue: "#7" });
    expect(passing?.reason).toContain("Take it off the expectations.");
    await expect(resultsOf([], { expectations: [{ check: "no/such", reason: "", issue: "" }] })).rejects.toThrow(
      /no\/such/,
    );
  });

  it("refuses an expectation that names no check, in vitest as well, and says which was meant", async () => {
    const expectations = [{ check: "operations/relu distnct", reason: "Known.", issue: "#7" }];
    const create = async () => referenceBackend();
    const refusal = /"operations\/relu distnct", which the suite does not have.*operations\/relu distinct/;
    await expect(resultsOf([], { expectations })).rejects.toThrow(refusal);
    expect(() => conformance({ name: "misspelt", create, expectations })).toThrow(refusal);
  });

  it("runs the levels asked for, stops when told to, and disposes the backend each time", async () => {
    const backends: Backend[] = [];
    const create = async () => {
      const backend = referenceBackend();
      backends.push(backend);
      return backend;
    };
    const checks = [check("one", exact, { level: 1 }), check("two", exact), check("three", exact, { level: 3 })];
    expect((await resultsOf(checks, { create, levels: [1, 3] })).map((result) => result.check)).toEqual([
      "one",
      "three",
    ]);
    const controller = new AbortController();
    const stopping = check("stops", async () => {
      controller.abort();
      return [];
    });
    await expect(resultsOf([stopping, ...checks], { create, signal: controller.signal })).rejects.toThrow(/abort/);
    for await (const _ of runConformance({ create, checks })) break;
    expect(backends.length).toBe(3);
    for (const backend of backends) await expect(backend.createVariables({})).rejects.toThrow(/disposed/);
  });

  it("counts NaN, and any error without a budget, as the worst there is", () => {
    const of = (error: number, budget: number) => worstRatio([{ what: "", error, budget }]);
    expect([of(0, 0), of(1, 4), of(1, 0), of(Number.NaN, 4)]).toEqual([
      0,
      0.25,
      Number.POSITIVE_INFINITY,
      Number.POSITIVE_INFINITY,
    ]);
  });
});
