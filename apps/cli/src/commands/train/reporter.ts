import type { EvaluationEvent, TrainingEvent } from "@alexnet/core";
import { recordOf } from "@alexnet/runs";
import type { Terminal } from "../../program/terminal.js";
import { duration, loss, percent, rate, short } from "../../text/format.js";
import { padStart } from "../../text/width.js";
import { progressLine, progressText, progressTracker } from "./progress.js";

/** Tells what happens in a training. */
export type Reporter = (event: TrainingEvent) => void;

/** Every event as a line of JSON, with what `extra` adds to each. */
export function jsonReporter(terminal: Terminal, extra: Readonly<Record<string, unknown>> = {}): Reporter {
  return (event) => terminal.print(JSON.stringify({ ...recordOf(event), ...extra }));
}

/** Where no terminal redraws a line, a line of its own appears this often. */
const PLAIN_LINE_MS = 10_000;

/** How often a terminal's line is redrawn at most. */
const REDRAW_MS = 80;

const TITLES = ["epoch", "train loss", "train acc", "test loss", "test acc", "images/s", "time"];

/** A table that grows by a line an epoch, and below it a line that shows how far the epoch is. */
export function textReporter(terminal: Terminal): Reporter {
  const track = progressTracker();
  let drawnAt = performance.now();
  let epoch: Extract<TrainingEvent, { type: "epoch" }> | undefined;
  return (event) => {
    const state = track(event);
    if (event.type === "start") terminal.print(terminal.colors.bold(row(TITLES)));
    if (event.type === "learningRate") {
      terminal.print(
        terminal.colors.dim(`       learning rate ${short(event.previous)} → ${short(event.learningRate)}`),
      );
    }
    if (event.type === "epoch") epoch = event;
    if (event.type === "evaluation" && epoch) terminal.print(epochRow(epoch, event));
    if (event.type === "end") terminal.status("");
    if (!state || event.type === "end") return;
    const now = performance.now();
    const due = event.type === "epoch" || now - drawnAt >= (terminal.interactive ? REDRAW_MS : PLAIN_LINE_MS);
    if (terminal.interactive && (due || event.type === "evaluation")) {
      // Room for the ^C that a terminal writes behind it, without a line break.
      terminal.status(progressLine(state, terminal.columns() - 3, terminal.noteColors));
      drawnAt = now;
    } else if (!terminal.interactive && event.type === "step" && due) {
      terminal.note(progressText(state));
      drawnAt = now;
    }
  };
}

function epochRow(epoch: Extract<TrainingEvent, { type: "epoch" }>, { evaluation }: EvaluationEvent): string {
  return row([
    String(epoch.epoch),
    loss(epoch.loss),
    percent(epoch.accuracy),
    loss(evaluation.loss),
    percent(evaluation.top1),
    rate(epoch.examples / epoch.seconds),
    duration(epoch.seconds + evaluation.seconds),
  ]);
}

function row(cells: readonly string[]): string {
  return cells.map((cell, column) => padStart(cell, column === 0 ? 5 : 10)).join(" ");
}
