import { boundsOf, type Chart, drawable, type Point, type Series, thin, ticks } from "../chart.js";
import { at, escapeText } from "./escape.js";

/** Size of one chart with its axes and labels, pixels. */
export const WIDTH = 440;
export const HEIGHT = 340;

const LEFT = 60;
const RIGHT = 8;
const TOP = 52;
const BOTTOM = 48;

/** More points than this on a line cannot be told apart. */
const MOST_POINTS = 600;

/** Marks get circles only while these do not run into each other. */
const MOST_CIRCLES = 40;

/** One chart: title, legend, grid, axes and series. */
export function panel(wanted: Chart): string {
  const chart = drawable(wanted);
  const bounds = boundsOf(chart);
  const x = scale(bounds.x, [LEFT, WIDTH - RIGHT]);
  const y = scale(bounds.y, [HEIGHT - BOTTOM, TOP]);
  const middle = (TOP + HEIGHT - BOTTOM) / 2;
  return [
    `<text class="title" x="${LEFT}" y="16">${escapeText(chart.title)}</text>`,
    ...legend(chart.series),
    ...ticks(bounds.y, 6).flatMap((value) => [
      `<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(value))}" y2="${at(y(value))}"/>`,
      `<text x="${LEFT - 6}" y="${at(y(value) + 4)}" text-anchor="end">${escapeText(chart.format(value))}</text>`,
    ]),
    ...ticks(bounds.x, 8).flatMap((value) => [
      `<line class="axis" x1="${at(x(value))}" x2="${at(x(value))}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM + 4}"/>`,
      `<text x="${at(x(value))}" y="${HEIGHT - BOTTOM + 18}" text-anchor="middle">${value}</text>`,
    ]),
    `<line class="axis" x1="${LEFT}" x2="${LEFT}" y1="${TOP}" y2="${HEIGHT - BOTTOM}"/>`,
    `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${HEIGHT - BOTTOM}" y2="${HEIGHT - BOTTOM}"/>`,
    `<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 10}" text-anchor="middle">${escapeText(chart.xLabel)}</text>`,
    `<text x="14" y="${middle}" text-anchor="middle" transform="rotate(-90 14 ${middle})">${escapeText(chart.yLabel)}</text>`,
    ...chart.series.flatMap((series) => draw(series, ([px, py]) => [x(px), y(py)])),
  ]
    .map((line) => `    ${line}`)
    .join("\n");
}

function draw(series: Series, place: (point: Point) => Point): readonly string[] {
  const placed = thin(series.points, MOST_POINTS).map(place);
  const points = placed.map(([x, y]) => `${at(x)},${at(y)}`).join(" ");
  const faint = series.faint ? " faint" : "";
  const line = `<polyline class="${series.style} stroke${series.color}${faint}" points="${points}"/>`;
  if (series.faint || placed.length > MOST_CIRCLES) return [line];
  const radius = series.style === "marks" ? 3.5 : 2.5;
  const circles = placed.map(
    ([x, y]) => `<circle class="fill${series.color}" cx="${at(x)}" cy="${at(y)}" r="${radius}"/>`,
  );
  return [line, ...circles];
}

/** Two columns, so that names of models fit. */
function legend(series: readonly Series[]): readonly string[] {
  return series.flatMap(({ name, style, color, faint }, index) => {
    const x = LEFT + (index % 2) * 190;
    const y = 32 + Math.floor(index / 2) * 15;
    return [
      `<line class="${style} stroke${color}${faint ? " faint" : ""}" x1="${x}" x2="${x + 24}" y1="${y - 4}" y2="${y - 4}"/>`,
      `<text x="${x + 30}" y="${y}">${escapeText(name)}</text>`,
    ];
  });
}

function scale([least, most]: Point, [from, to]: Point): (value: number) => number {
  return (value) => from + ((value - least) / (most - least)) * (to - from);
}
