import { describe, expect, it } from "vitest";
import { caseProgram } from "../src/checks/operations.js";
import { checks, levels, runConformance } from "../src/index.js";
import { operationCases } from "../src/operations/cases/index.js";
import { type GeneratedMutant, generatedMutants } from "./mutants/generated.js";

/** Single operations; what is large stands for nothing here. */
const affordable = checks.filter(({ level, work }) => (level === 2 || level === 3) && work < 1e7);

async function isCaught({ level, kind, create }: GeneratedMutant): Promise<boolean> {
  const relevant = affordable.filter(({ operations }) => operations.includes(kind));
  const results = runConformance({ create: async () => create(), levels: [level], checks: relevant });
  for await (const { status } of results) if (status === "failed") return true;
  return false;
}

const families = [...new Set(generatedMutants.map(({ kind, family }) => `${kind} ${family}`))].map((family) =>
  generatedMutants.filter((mutant) => `${mutant.kind} ${mutant.family}` === family),
);

describe("a mistake that a rule made is caught by the level of its operation", () => {
  const rows: string[] = [];

  it.each(families.map((family) => [`${family[0]?.kind}, ${family[0]?.family}`, family] as const))(
    "%s",
    async (_, family) => {
      const missed: string[] = [];
      for (const mutant of family) if (!(await isCaught(mutant))) missed.push(mutant.name);
      expect(missed).toEqual([]);
      const [{ kind, family: mistake, level }] = family as [GeneratedMutant];
      const cases = operationCases.filter((each) => caseProgram(each, (made) => made === kind).operations.length > 0);
      rows.push(`| ${kind} | ${cases.length} | ${mistake} | ${family.length} | ${level} ${levels[level]} |`);
    },
  );

  it("as GENERATED-MUTANTS.md lists", async (context) => {
    context.skip(rows.length < families.length, "only some of them were run");
    const title =
      "# Generated mutants\n\nThe reference with one operation wrong, by rule, and the level that catches every one. " +
      "Written by\n`test/generated-mutants.test.ts`; the rules are in `test/mutants/generated.ts`.\n";
    const header = "| operation | cases | mistakes | of them | caught by |\n|---|---|---|---|---|";
    await expect(`${title}\n${header}\n${rows.join("\n")}\n`).toMatchFileSnapshot("../GENERATED-MUTANTS.md");
  });
});
