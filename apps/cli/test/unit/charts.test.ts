import { describe, expect, it } from "vitest";
import type { Chart, Point } from "../../src/drawing/chart.js";
import { panel } from "../../src/drawing/svg/panel.js";
import { textChart } from "../../src/drawing/text-chart.js";
import { bar, gauge } from "../../src/text/bar.js";
import { colors } from "../../src/text/colors.js";

const chartOf = (...values: readonly number[]): Chart => ({
  title: "Loss",
  xLabel: "epoch",
  yLabel: "loss",
  format: String,
  series: [
    { name: "training", style: "line", color: 0, points: values.map((value, index): Point => [index, value]) },
    { name: "test", style: "marks", color: 1, points: values.map((value, index): Point => [index, value]) },
  ],
});

const strange: readonly (readonly number[])[] = [
  [Number.NaN],
  [1, Number.NaN, 2],
  [1, Number.POSITIVE_INFINITY],
  [Number.NEGATIVE_INFINITY, Number.NaN],
  [-Number.MAX_VALUE, Number.MAX_VALUE],
  [Number.MIN_VALUE],
  [Number.MIN_VALUE, 2 * Number.MIN_VALUE],
  [1, 1 + Number.EPSILON],
  [0],
  [],
];

describe("charts of numbers that cannot be drawn", () => {
  it.each(strange.map((values) => [values]))("%j ends, and draws nothing that is not a number", (values) => {
    const text = textChart(chartOf(...values), { colors: colors(false) });
    const picture = panel(chartOf(...values));
    expect(`${text}${picture}`).not.toMatch(/NaN|Infinity|undefined/);
    expect(text.split("\n").length).toBeLessThan(20);
  });

  it("says how many points it leaves out", () => {
    const text = textChart(chartOf(1, Number.NaN, 2, Number.POSITIVE_INFINITY), { colors: colors(false) });
    expect(text).toContain("training (2 not finite)");
    expect(panel(chartOf(1, Number.NaN, 2))).toContain("test (1 not finite)");
    expect(textChart(chartOf(1, 2), { colors: colors(false) })).not.toContain("not finite");
  });

  it("fills a bar within its columns whatever the share", () => {
    expect([Number.NaN, -1, 0].map((share) => bar(share, 8))).toEqual(["", "", ""]);
    expect([1, 7, Number.POSITIVE_INFINITY].map((share) => bar(share, 2))).toEqual(["██", "██", "██"]);
    expect(gauge(Number.NaN, 3)).toBe("┄┄┄");
  });
});
