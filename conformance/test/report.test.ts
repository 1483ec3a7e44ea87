import type { BackendInfo } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import {
  type CheckResult,
  type ConformanceReport,
  reportHtml,
  reportJson,
  reportMarkdown,
  tally,
} from "../src/index.js";

const info: BackendInfo = {
  name: "evil<script>|x",
  engine: "engine & co",
  version: "1.2.3",
  device: '"device"',
  precision: "float32",
  operations: [],
  preferredFeeds: 1,
  details: { threads: 2 },
};

const result = (more: Partial<CheckResult>): CheckResult => ({
  check: "operations/some",
  level: 2,
  operations: ["conv2d"],
  status: "passed",
  measurements: [{ what: "conv2d", operation: "conv2d", error: 1, budget: 4 }],
  seconds: 0.5,
  ...more,
});

const report: ConformanceReport = {
  formatVersion: 1,
  createdAt: "2026-11-24T00:00:00.000Z",
  versions: { node: "v20.20.2" },
  platform: "linux-x64",
  backends: [
    {
      info,
      results: [
        result({}),
        result({
          check: "gradients/worse",
          level: 3,
          status: "failed",
          reason: "conv2d is off.",
          measurements: [{ what: "conv2d", operation: "conv2d", error: Number.POSITIVE_INFINITY, budget: 4 }],
        }),
        result({ check: "models/known", level: 5, status: "expected", reason: "Known | so.", issue: "#7" }),
        result({ check: "lifecycle/count", level: 1, status: "skipped", measurements: [], reason: "Does not count." }),
      ],
    },
  ],
  unavailable: [{ name: "other", reason: "Not <installed>." }],
};

describe("a conformance report", () => {
  it("adds up", () => {
    expect(tally(report.backends[0]?.results ?? [])).toEqual({
      passed: 1,
      failed: 1,
      expected: 1,
      skipped: 1,
      worst: Number.POSITIVE_INFINITY,
      seconds: 2,
    });
  });

  it("is JSON that any program can read, infinities included", () => {
    const read = JSON.parse(reportJson(report));
    expect(read.backends[0].results[1].measurements[0].error).toBe("Infinity");
    expect(read).toMatchObject({ formatVersion: 1, platform: "linux-x64" });
  });

  it("is Markdown whose tables hold whatever names there are", () => {
    const text = reportMarkdown(report);
    const rows = text.split("\n").filter((line) => line.startsWith("| evil"));
    expect(rows).toHaveLength(1);
    expect(rows[0]?.replaceAll("\\|", "").match(/\|/g)).toHaveLength(12);
    expect(text).not.toContain("<script>");
    for (const part of [
      "## Failed",
      "gradients/worse: conv2d is off.",
      "(#7)",
      "## Skipped",
      "Does not count.",
      "- other:",
    ]) {
      expect(text).toContain(part);
    }
  });

  it("is a page that needs nothing else and shows what failed", () => {
    const page = reportHtml(report);
    expect(page).not.toMatch(/https?:|<script|<link|@import|url\(/);
    expect(page).toContain("evil&lt;script&gt;|x");
    expect(page).toContain("engine &amp; co");
    expect(page).toContain("1 checks failed.");
    expect(page).toMatch(/<details open>.*<summary>3 gradients: 0 of 1 \(1 failed\)/s);
    expect(page).toContain("Does not count.");
    expect(page).toContain("Not &lt;installed&gt;.");
  });
});
