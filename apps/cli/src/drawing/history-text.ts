import type { Terminal } from "../program/terminal.js";
import { type NamedHistory, terminalCharts } from "./history-charts.js";
import { textChart } from "./text-chart.js";

/** Loss and accuracy as charts of at most 80 columns. */
export function curvesText(terminal: Terminal, histories: readonly NamedHistory[]): string {
  const columns = Math.max(40, Math.min(80, terminal.columns()));
  return terminalCharts(histories)
    .map((chart) => textChart(chart, { columns, colors: terminal.colors }))
    .join("\n\n");
}
