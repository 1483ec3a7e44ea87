import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { checks } from "@alexnet/conformance";
import { describe, expect, it } from "vitest";
import { alexnet, ended, jsonLines, NO_SIGNALS, start, temporaryFolder } from "./cli.js";

const folder = temporaryFolder();
const LIFECYCLE = checks.filter(({ level }) => level === 1).length;
const LEVEL_1 = ["conformance", "--backend", "reference", "--level", "1"];

describe("alexnet conformance", () => {
  it("checks a backend and writes a report", async () => {
    const { code, stdout } = await alexnet(folder(), [...LEVEL_1, "--report", "report"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^reference \(typescript .*float64\)$/m);
    expect(stdout).toMatch(new RegExp(`1 lifecycle +${LIFECYCLE} of ${LIFECYCLE}`));
    expect(stdout).toContain("reference: everything checked conforms.");
    expect(readdirSync(join(folder(), "report")).sort()).toEqual(["report.html", "report.json", "report.md"]);
    const report = JSON.parse(readFileSync(join(folder(), "report", "report.json"), "utf8"));
    expect(report.backends[0].info.name).toBe("reference");
  });

  it("prints one JSON object a check", async () => {
    const { code, stdout } = await alexnet(folder(), [...LEVEL_1, "--json"]);
    expect(code).toBe(0);
    const lines = jsonLines(stdout);
    expect(lines).toHaveLength(LIFECYCLE);
    expect(lines[0]).toMatchObject({ backend: "reference", level: 1, status: "passed" });
  });

  it("says what was left out, and why", async () => {
    const words = ["conformance", "--backend", "reference", "--level", "5", "--most-work", "1e7"];
    const { code, stdout } = await alexnet(folder(), words);
    expect(code).toBe(0);
    expect(stdout).toMatch(/5 models +1 of 1 \(5 skipped\)/);
    expect(stdout).toContain("skipped 5: It takes more multiply-adds than the 1.0e+7 asked for.");
  });

  it.each([
    [["--level", "7"], "levels from 1 to 6", 2],
    [["--level", "3-1"], "levels from 1 to 6", 2],
    [["--backend", "refrence"], 'Did you mean "reference"?', 2],
  ] as const)("refuses %j", async (words, message, expected) => {
    const { code, stderr } = await alexnet(folder(), ["conformance", ...words]);
    expect(stderr).toContain(message);
    expect(code).toBe(expected);
  });

  it("names a folder it cannot write to", async () => {
    const { code, stderr } = await alexnet(folder(), [...LEVEL_1, "--report", join("report", "report.md", "below")]);
    expect(stderr).toContain("Cannot write the report into");
    expect(code).toBe(1);
  });

  it("stops when it is interrupted", async ({ skip }) => {
    skip(process.platform === "win32", NO_SIGNALS);
    const child = start(folder(), ["conformance", "--backend", "reference", "--level", "2-4", "--json"]);
    child.stdout.once("data", () => child.kill("SIGINT"));
    const { code, stderr } = await ended(child);
    expect(stderr).toContain("Stopping after this check.");
    expect(code).toBe(130);
  });
});
