import type { History } from "@alexnet/runs";
import { percent } from "../text/format.js";
import { type Chart, type Series, smooth } from "./chart.js";

/** A training to be drawn, with its name where there are several. */
export interface NamedHistory {
  readonly name?: string;
  readonly history: History;
}

const KINDS = [
  { kind: "loss", title: "Loss", yLabel: "cross-entropy", format: (value: number) => String(value) },
  { kind: "accuracy", title: "Accuracy", yLabel: "share of images right", format: percentWhole },
] as const;

/** The charts of loss and accuracy for an image: every step faintly, means of epochs, and the test set. */
export function imageCharts(histories: readonly NamedHistory[]): readonly Chart[] {
  return charts([0], (kind) =>
    histories.flatMap(({ name, history }, index): Series[] => {
      const label = (text: string): string => (name === undefined ? text : `${name}, ${text}`);
      const single = histories.length === 1;
      const train = single || index === 0 ? 0 : 1;
      const test = single || index === 1 ? 1 : 0;
      return [
        ...(single
          ? [
              {
                name: "training, each step",
                points: history.steps[kind],
                style: "line",
                color: train,
                faint: true,
              } as const,
            ]
          : []),
        { name: label("training"), points: history.epochs[kind], style: "line", color: train },
        { name: label("test"), points: history.test[kind], style: "marks", color: test },
      ];
    }),
  );
}

/** The charts for a terminal: the steps of the training, smoothed, and the test set. */
export function terminalCharts(histories: readonly NamedHistory[]): readonly Chart[] {
  return charts([], (kind) =>
    histories.flatMap(({ name, history }, index): Series[] => {
      const single = histories.length === 1;
      const color = single || index === 1 ? 1 : 0;
      const marks = {
        name: name === undefined ? "test" : `${name}, test`,
        points: history.test[kind],
        style: "marks",
        color,
      } as const;
      // Lines of two trainings look alike without colors, so only one is drawn as a line.
      return single
        ? [
            {
              name: "training",
              points: smooth(history.steps[kind], history.steps[kind].length / 25),
              style: "line",
              color: 0,
            },
            marks,
          ]
        : [marks];
    }),
  );
}

function charts(
  include: readonly number[],
  seriesOf: (kind: "loss" | "accuracy") => readonly Series[],
): readonly Chart[] {
  return KINDS.map(({ kind, ...chart }) => ({
    ...chart,
    include,
    xLabel: "epoch",
    series: seriesOf(kind).filter(({ points }) => points.length > 0),
  }));
}

function percentWhole(share: number): string {
  return percent(share).replace(".0 %", " %");
}
