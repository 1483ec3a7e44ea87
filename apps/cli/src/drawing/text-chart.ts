import type { Colors } from "../text/colors.js";
import { short } from "../text/format.js";
import { padEnd, padStart, width } from "../text/width.js";
import { boundsOf, type Chart, drawable, type Point, type Series, thin, ticks } from "./chart.js";

/** Dots of a braille letter by column and row, as bits over U+2800. */
const DOTS = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

const MARKS = ["●", "○"] as const;

/**
 * A chart in text. Lines are drawn in braille, two by four dots a letter; marks are circles, full or empty by color,
 * so that everything can be told apart without colors too.
 */
export function textChart(
  wanted: Chart,
  options: { readonly columns?: number; readonly rows?: number; readonly colors: Colors },
): string {
  const { columns = 80, rows = 9, colors } = options;
  const chart = drawable(wanted);
  const bounds = boundsOf(chart);
  const labels = yLabels(chart, bounds.y, rows);
  const gutter = Math.max(...[...labels.values(), chart.xLabel].map(width));
  const plotColumns = columns - gutter - 3;
  const paint = [colors.blue, colors.yellow] as const;
  const grid = Array.from({ length: rows }, () => new Array<string>(plotColumns).fill(" "));
  const place = ([x, y]: Point): Point => [
    ((x - bounds.x[0]) / (bounds.x[1] - bounds.x[0])) * (plotColumns * 2 - 1),
    (1 - (y - bounds.y[0]) / (bounds.y[1] - bounds.y[0])) * (rows * 4 - 1),
  ];
  for (const series of chart.series.filter(({ style }) => style === "line")) {
    for (const [row, letters] of braille(series, place, plotColumns, rows).entries()) {
      for (const [column, letter] of letters) grid[row]![column] = paint[series.color](letter);
    }
  }
  for (const series of chart.series.filter(({ style }) => style === "marks")) {
    for (const point of series.points) {
      const [x, y] = place(point);
      grid[Math.round(y) >> 2]![Math.round(x) >> 1] = paint[series.color](MARKS[series.color]);
    }
  }
  const legend = chart.series
    .map(({ name, style, color }) => `${paint[color](style === "line" ? "⠒⠒" : MARKS[color])} ${name}`)
    .join("   ");
  const body = grid.map((line, row) => {
    const label = labels.get(row);
    return `${padStart(label ?? "", gutter)} ${label === undefined ? "│" : "┤"}${line.join("")}`.trimEnd();
  });
  return [
    `${colors.bold(chart.title)}   ${legend}`,
    ...body,
    `${" ".repeat(gutter)} └${"─".repeat(plotColumns)}`,
    xAxis(chart, bounds.x, gutter, plotColumns),
  ].join("\n");
}

/** The letters of a line, by row and column. */
function braille(
  series: Series,
  place: (point: Point) => Point,
  columns: number,
  rows: number,
): readonly ReadonlyMap<number, string>[] {
  const bits = Array.from({ length: rows }, () => new Map<number, number>());
  const dot = (x: number, y: number): void => {
    const row = bits[y >> 2];
    const bit = DOTS[x & 1]![y & 3]!;
    row?.set(x >> 1, (row.get(x >> 1) ?? 0) | bit);
  };
  const placed = thin(series.points, columns * 2).map(place);
  for (const [index, [x, y]] of placed.entries()) {
    const [fromX, fromY] = placed[index - 1] ?? [x, y];
    const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x - fromX), Math.abs(y - fromY))));
    for (let step = 0; step <= steps; step++) {
      const share = step / steps;
      dot(Math.round(fromX + (x - fromX) * share), Math.round(fromY + (y - fromY) * share));
    }
  }
  return bits.map((row) => new Map([...row].map(([column, dots]) => [column, String.fromCodePoint(0x2800 + dots)])));
}

/** Which rows carry a label, and which. */
function yLabels({ format }: Chart, [least, most]: Point, rows: number): ReadonlyMap<number, string> {
  const labels = new Map<number, string>();
  for (const value of ticks([least, most], Math.max(2, Math.floor(rows / 2)))) {
    labels.set(Math.round((1 - (value - least) / (most - least)) * (rows * 4 - 1)) >> 2, format(value));
  }
  return labels;
}

/** The numbers under the axis; what they count stands to the left, under the other axis's labels. */
function xAxis({ xLabel }: Chart, [least, most]: Point, gutter: number, columns: number): string {
  let line = `${padStart(xLabel, gutter)}  `;
  for (const value of ticks([least, most], 6)) {
    const label = short(value);
    const center = gutter + 2 + Math.round(((value - least) / (most - least)) * (columns - 1));
    const at = Math.min(center - Math.floor(label.length / 2), gutter + 2 + columns - label.length);
    if (at > line.length || width(line.trim()) === xLabel.length) line = padEnd(line, at) + label;
  }
  return line;
}
