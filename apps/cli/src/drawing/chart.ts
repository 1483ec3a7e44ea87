/** A line or a row of marks in a chart. */
export interface Series {
  readonly name: string;
  /** In order of x. */
  readonly points: readonly Point[];
  /** `line` for what changes with every step, `marks` for what is measured now and then. */
  readonly style: "line" | "marks";
  /** Which of the chart's colors; series of one color belong together. */
  readonly color: 0 | 1;
  /** A line for the eye to look past: every step beside their mean. */
  readonly faint?: boolean;
}

export type Point = readonly [x: number, y: number];

/** Two axes and what is drawn between them; text and SVG show the same chart. */
export interface Chart {
  readonly title: string;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly series: readonly Series[];
  /** How a value on the y axis is written. */
  format(value: number): string;
  /** The y axis holds at least these. */
  readonly include?: readonly number[];
}

/** Beyond this no axis can be divided into ticks without leaving the range of numbers. */
const DRAWABLE = 1e100;

/**
 * The chart with only the points that can be drawn: NaN and infinity have no place on an axis. The name of a series that
 * loses points says how many.
 */
export function drawable(chart: Chart): Chart {
  const series = chart.series.map((entry) => {
    const points = entry.points.filter((point) => point.every((value) => Math.abs(value ?? Number.NaN) < DRAWABLE));
    const lost = entry.points.length - points.length;
    return lost === 0 ? entry : { ...entry, points, name: `${entry.name} (${lost} not finite)` };
  });
  return { ...chart, series };
}

/** The smallest and largest of each axis; never empty, so that a single point can be drawn too. */
export function boundsOf({ series, include = [] }: Chart): { readonly x: Point; readonly y: Point } {
  const points = series.flatMap((entry) => entry.points);
  // Time begins at 0, also where the first thing measured is the end of the first epoch.
  const x = range([0, ...points.map(([value]) => value)]);
  const y = range([...points.map(([, value]) => value), ...include]);
  return { x, y };
}

function range(values: readonly number[]): Point {
  let least = Number.POSITIVE_INFINITY;
  let most = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    least = Math.min(least, value);
    most = Math.max(most, value);
  }
  if (!Number.isFinite(least) || !Number.isFinite(most)) return [0, 1];
  // Tinier numbers lose their digits: half of the smallest one is 0.
  const size = Math.abs(least) > 1e-300 ? Math.abs(least) : 1;
  if (most - least <= size * Number.EPSILON) return [least - size / 2, most + size / 2];
  return [least, most];
}

/** Round numbers that divide the range into about so many parts; the first and last lie within it. */
export function ticks([least, most]: Point, about: number): readonly number[] {
  const raw = (most - least) / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= raw * 0.999)!;
  const first = Math.ceil(least / step - 1e-9);
  const last = Math.floor(most / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** The points averaged into at most so many, so that a long training draws as fast as a short one. */
export function thin(points: readonly Point[], most: number): readonly Point[] {
  if (points.length <= most) return points;
  return Array.from({ length: most }, (_, bin): Point => {
    const part = points.slice(Math.floor((bin * points.length) / most), Math.floor(((bin + 1) * points.length) / most));
    const mean = (axis: 0 | 1): number => part.reduce((sum, point) => sum + point[axis], 0) / part.length;
    return [mean(0), mean(1)];
  });
}

/** Each point's y averaged with those around it, so many in all, so that a trend shows through noise. */
export function smooth(points: readonly Point[], window: number): readonly Point[] {
  const reach = Math.floor(window / 2);
  if (reach === 0) return points;
  return points.map(([x], index): Point => {
    const around = points.slice(Math.max(0, index - reach), index + reach + 1);
    return [x, around.reduce((sum, [, y]) => sum + y, 0) / around.length];
  });
}
