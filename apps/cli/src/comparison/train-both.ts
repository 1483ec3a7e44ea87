import { join } from "node:path";
import type { Context } from "../context.js";
import { exitCodes } from "../errors.js";
import { imageCharts, type NamedHistory } from "../history.js";
import { curvesText } from "../history-text.js";
import { openBackend } from "../registry/backends.js";
import { writeWhole } from "../run-folder/files.js";
import { svgFigure } from "../svg/figure.js";
import { count, duration, loss, percent, rate } from "../text/format.js";
import { table } from "../text/table.js";
import { isGuessing } from "../training/chance.js";
import { describeInterruption, STOPPING } from "../training/describe.js";
import { interruptible } from "../training/interrupt.js";
import { type PreparedSession, prepareTraining } from "../training/prepare.js";
import { reporter } from "../training/run-training.js";
import { runSession, type SessionResult } from "../training/session.js";
import { compareModels } from "./facts.js";
import type { CompareFlags, Pair } from "./flags.js";
import { comparisonText } from "./text.js";

/** Trains both models on the same data, one after the other, and shows how they did. */
export async function trainBoth(
  context: Context,
  names: Pair<string>,
  directory: string,
  flags: CompareFlags,
): Promise<void> {
  const terminal = context.terminal();
  const backend = await openBackend(flags, terminal);
  const sessions: PreparedSession[] = [];
  const interrupt = interruptible(() => terminal.note(STOPPING));
  terminal.onBrokenPipe(interrupt.abort);
  try {
    for (const name of names) {
      const { runDir: _, ...others } = flags;
      const options = { terminal, openBackend: async () => backend, directory: join(directory, name) };
      sessions.push(await prepareTraining(name, others, options));
    }
    const [first, second] = sessions as [PreparedSession, PreparedSession];
    if (!flags.json && !flags.quiet) terminal.print(`${comparisonText(compareModels(first.model, second.model))}\n`);
    const results: SessionResult[] = [];
    for (const session of sessions) {
      const model = session.config.model.name;
      const result = await runSession(session, reporter(terminal, flags, session, { model }), interrupt.signal);
      if (result.reason === "aborted") {
        terminal.note(`${model}: ${describeInterruption(result, session.directory)}`);
        context.exitWith(interrupt.exitCode() ?? exitCodes.failed);
        return;
      }
      results.push(result);
      if (!flags.json && !flags.quiet) terminal.print("");
    }
    const histories = results.map(({ history }, index): NamedHistory => ({ name: names[index] as string, history }));
    const figure = join(directory, "compare.svg");
    await writeWhole(
      figure,
      svgFigure(`${names[0]} and ${names[1]} on ${first.config.dataset.name}`, imageCharts(histories)),
    );
    if (flags.json) {
      const outcomes = results.map(({ imagesPerSecond, evaluation }, index) => ({
        model: names[index],
        imagesPerSecond,
        accuracy: evaluation?.top1,
      }));
      terminal.print(JSON.stringify({ type: "result", directory, figure, models: outcomes }));
      return;
    }
    if (!flags.quiet) terminal.print(`${curvesText(terminal, histories)}\n`);
    terminal.print(outcomes(sessions, results));
    terminal.print(`\nCurves of both: ${figure}`);
  } finally {
    interrupt.dispose();
    for (const session of sessions) await session.dispose();
    await backend.dispose();
  }
}

function outcomes(sessions: readonly PreparedSession[], results: readonly SessionResult[]): string {
  return table(
    [
      { title: "model" },
      ...["test accuracy", "test loss", "epochs", "images/s", "time"].map((title) => ({
        title,
        align: "right" as const,
      })),
    ],
    results.map(({ evaluation, epoch, imagesPerSecond, seconds }, index) => [
      (sessions[index] as PreparedSession).config.model.name,
      evaluation ? `${percent(evaluation.top1)}${isGuessing(evaluation) ? " (guessing)" : ""}` : "–",
      evaluation ? loss(evaluation.loss) : "–",
      count(epoch),
      rate(imagesPerSecond),
      duration(seconds),
    ]),
  );
}
