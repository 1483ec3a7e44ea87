import { join } from "node:path";
import { openBackend } from "../../choices/backends.js";
import type { NamedHistory } from "../../drawing/history-charts.js";
import { curvesText } from "../../drawing/history-text.js";
import type { Context } from "../../program/context.js";
import { exitCodes } from "../../program/errors.js";
import { count, duration, loss, percent, rate } from "../../text/format.js";
import { table } from "../../text/table.js";
import { isGuessing } from "../train/chance.js";
import { describeInterruption, STOPPING } from "../train/describe.js";
import { writeCurves } from "../train/pictures.js";
import { type PreparedSession, prepareTraining } from "../train/prepare.js";
import { runSession, type SessionResult } from "../train/session.js";
import { reporter } from "../train/train.js";
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
  const interrupt = terminal.interruptible(STOPPING);
  try {
    for (const name of names) {
      const { runDir: _, ...others } = flags;
      const options = { terminal, openBackend: async () => backend, directory: join(directory, name) };
      sessions.push(await prepareTraining(name, others, options));
    }
    // One session a name, and there are two.
    const [first, second] = sessions as [PreparedSession, PreparedSession];
    if (!flags.json && !flags.quiet) terminal.print(`${comparisonText(compareModels(first.model, second.model))}\n`);
    const results: SessionResult[] = [];
    for (const session of sessions) {
      const model = session.model.name;
      const result = await runSession(session, reporter(terminal, flags, session, { model }), interrupt.signal);
      if (result.reason === "aborted") {
        terminal.note(`${model}: ${describeInterruption(result, session.directory)}`);
        context.exitWith(interrupt.exitCode() ?? exitCodes.failed);
        return;
      }
      results.push(result);
      if (!flags.json && !flags.quiet) terminal.print("");
    }
    const histories = results.map(({ history }, index): NamedHistory => ({ name: names[index]!, history }));
    const heading = `${names[0]} and ${names[1]} on ${first.dataset}`;
    const figure = await writeCurves(directory, heading, histories, "compare.svg");
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
      sessions[index]!.model.name,
      evaluation ? `${percent(evaluation.top1)}${isGuessing(evaluation) ? " (guessing)" : ""}` : "–",
      evaluation ? loss(evaluation.loss) : "–",
      count(epoch),
      rate(imagesPerSecond),
      duration(seconds),
    ]),
  );
}
