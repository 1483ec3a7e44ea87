import { onnxBackend } from "@alexnet/backend-onnx";
import { referenceBackend } from "@alexnet/backend-reference";
import type { Backend } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { type CheckResult, checks, levels, runConformance } from "../src/index.js";
import { mutants } from "./mutants/index.js";
import { float32Reference, type Mutant } from "./mutants/mutant.js";

/** Enough for every level, but not for the zoo's large models, which would take the reference minutes. */
const MOST_WORK = 1e8;

const affordable = checks.filter(({ work }) => work <= MOST_WORK);

async function failuresOf({ level, kind, create }: Mutant): Promise<readonly CheckResult[]> {
  const failures: CheckResult[] = [];
  const relevant = affordable.filter(({ operations }) => !kind || operations.includes(kind));
  const options = { create: async () => create(), levels: [level], checks: relevant };
  for await (const result of runConformance(options)) if (result.status === "failed") failures.push(result);
  return failures;
}

describe("a broken backend is caught by the level meant to catch it", () => {
  const rows: string[] = [];

  it.each(mutants)("$name", async (mutant) => {
    const { name, level } = mutant;
    const [first, ...others] = await failuresOf(mutant);
    expect(first, "no check failed").toBeDefined();
    const rest = others.length > 0 ? ` and ${others.length} more` : "";
    rows.push(`| ${name} | ${level} ${levels[level]} | \`${first?.check}\`${rest} |`);
  });

  it("and there are at least 25 of them, on every level", () => {
    expect(mutants.length).toBeGreaterThanOrEqual(25);
    expect(new Set(mutants.map(({ level }) => level)).size).toBe(6);
  });

  it("as MUTANTS.md lists", async (context) => {
    context.skip(rows.length < mutants.length, "only some of them were run");
    const title =
      "# Mutants\n\nBackends with one mistake each, and what catches them. Written by `test/mutants.test.ts`.\n";
    const table = `| mistake | level | caught by |\n|---|---|---|\n${rows.join("\n")}\n`;
    await expect(`${title}\n${table}`).toMatchFileSnapshot("../MUTANTS.md");
  });
});

describe("a correct backend fails with no other seed", () => {
  const seeds = [2, 3];
  // Billions of rounding errors are the same experiment over again: the large buffers are for one seed.
  const small = affordable.filter(({ work }) => work < 1e7);
  const correct: readonly (readonly [string, () => Promise<Backend>])[] = [
    ["onnx:cpu", () => onnxBackend()],
    ["the reference", async () => referenceBackend()],
    ["the reference rounded to float32", async () => float32Reference()],
  ];

  it.each(correct)("%s", async (_, create) => {
    for (const seed of seeds) {
      for await (const result of runConformance({ create, levels: [2, 3], checks: small, seed })) {
        expect(result.status, `${result.check}, seed ${seed}: ${result.reason}`).toBe("passed");
      }
    }
  });
});
