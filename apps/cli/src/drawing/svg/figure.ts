import type { Chart } from "../chart.js";
import { MARGIN, svgDocument } from "./document.js";
import { HEIGHT, panel, WIDTH } from "./panel.js";

/** Charts side by side under a heading. */
export function svgFigure(heading: string, charts: readonly Chart[]): string {
  const top = 40;
  const width = MARGIN + charts.length * (WIDTH + MARGIN);
  const height = top + HEIGHT;
  const panels = charts.map(
    (chart, index) =>
      `  <g transform="translate(${MARGIN + index * (WIDTH + MARGIN)} ${top})">\n${panel(chart)}\n  </g>`,
  );
  return svgDocument(heading, { width, height }, panels);
}
