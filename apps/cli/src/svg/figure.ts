import type { Chart } from "../charts.js";
import { escapeText } from "./escape.js";
import { HEIGHT, MARGIN, panel, WIDTH } from "./panel.js";
import { FIGURE_STYLE } from "./style.js";

/** Charts side by side under a heading, as an SVG file that needs nothing else and follows light and dark. */
export function svgFigure(heading: string, charts: readonly Chart[]): string {
  const top = 40;
  const width = MARGIN + charts.length * (WIDTH + MARGIN);
  const height = top + HEIGHT;
  const panels = charts.map(
    (chart, index) =>
      `  <g transform="translate(${MARGIN + index * (WIDTH + MARGIN)} ${top})">\n${panel(chart)}\n  </g>`,
  );
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `  <title>${escapeText(heading)}</title>`,
    `  <style>${FIGURE_STYLE}</style>`,
    `  <rect class="background" width="${width}" height="${height}"/>`,
    `  <text class="heading" x="${MARGIN}" y="28">${escapeText(heading)}</text>`,
    ...panels,
    "</svg>",
    "",
  ].join("\n");
}
