import { hasCode } from "@alexnet/core";
import { defined } from "@alexnet/core/support";
import { directoryCheckpoints } from "@alexnet/formats/node";
import { type BackendConfig, lastBackend, runPaths } from "@alexnet/runs";
import { canChooseThreads, openBackend } from "../../choices/backends.js";
import { type Ranks, withRanks } from "../../choices/ranks.js";
import { recipeNamed } from "../../choices/recipes.js";
import { curvesText } from "../../drawing/history-text.js";
import type { Context } from "../../program/context.js";
import { exitCodes } from "../../program/errors.js";
import type { Terminal } from "../../program/terminal.js";
import { weightsText } from "../../text/weights.js";
import { isGuessing } from "./chance.js";
import { describeInterruption, describeOutcome, describeRun, resumeCommand, STOPPING } from "./describe.js";
import type { TrainingFlags } from "./flags.js";
import { type PreparedSession, prepareTraining } from "./prepare.js";
import { prepareResumed } from "./prepare-resumed.js";
import { jsonReporter, textReporter } from "./reporter.js";
import { checkResumeFlags, openUnfinished } from "./resume.js";
import { runSession, type SessionReporter } from "./session.js";
import { startFrom } from "./start-from.js";

/** The flags of `alexnet train`. */
export interface TrainFlags extends TrainingFlags {
  readonly model?: string;
  readonly resume?: string;
}

/** `alexnet train`. */
export async function train(context: Context, flags: TrainFlags): Promise<void> {
  await withRanks(flags, context, (ranks, own) => (ranks.leads ? lead : follow)(own, flags, ranks));
}

/** Does what the rank that leads does, without a word. */
async function follow(context: Context, flags: TrainFlags, ranks: Ranks): Promise<void> {
  const session = await prepare(context, flags, ranks);
  const interrupt = context.terminal().interruptible();
  try {
    for await (const event of session.events(interrupt.signal)) {
      if (event.type === "end" && event.reason === "aborted") context.exitWith(interrupt.exitCode() ?? exitCodes.ok);
    }
    await session.leftOut.gather(ranks.communicator);
  } finally {
    interrupt.dispose();
    await session.dispose();
    await session.backend.dispose();
  }
}

async function lead(context: Context, flags: TrainFlags, ranks: Ranks): Promise<void> {
  const terminal = context.terminal();
  const session = await prepare(context, flags, ranks);
  const { directory } = session;
  // A reader that goes away, as `| head` does, ends the training in order too.
  const interrupt = terminal.interruptible(STOPPING);
  try {
    const result = await runSession(session, reporter(terminal, flags, session), interrupt.signal);
    if (result.reason === "aborted") {
      terminal.note(describeInterruption(result, directory));
      context.exitWith(interrupt.exitCode() ?? exitCodes.failed);
      return;
    }
    if (flags.json) {
      const { imagesPerSecond, evaluation } = result;
      terminal.print(
        JSON.stringify({
          type: "result",
          directory,
          imagesPerSecond,
          accuracy: evaluation?.top1,
          ...(session.leftOut.reasons.size > 0 && { skipped: session.leftOut.reasons.size }),
          ...(evaluation && { guessing: isGuessing(evaluation) }),
        }),
      );
      return;
    }
    if (!flags.quiet) {
      terminal.print(`\n${curvesText(terminal, [{ history: result.history }])}\n`);
      if (result.weights) terminal.print(`${weightsText(result.weights)}\n`);
    }
    terminal.print(describeOutcome(result, session));
  } catch (error) {
    if (await hasCheckpoint(directory)) {
      const kept = "What was trained up to the last checkpoint is kept.";
      context.hint(recurs(error) ? kept : `${kept} Once that is mended, go on with:\n  ${resumeCommand(directory)}`);
    }
    throw error;
  } finally {
    interrupt.dispose();
    await session.dispose();
    await session.backend.dispose();
  }
}

/** What would stop the training again at the same step, which is repeated bit for bit. */
const RECURRING = [
  "NON_FINITE_LOSS",
  "NON_FINITE_OUTPUT",
  "SHAPE",
  "PROGRAM",
  "INVALID_ARGUMENT",
  "UNSUPPORTED_OPERATION",
];

function recurs(error: unknown): boolean {
  return RECURRING.some((code) => hasCode(error, code));
}

/** The textbook's AlexNet: its images have one channel and its classes are ten, as in the sample. */
const DEFAULT_MODEL = "alexnet-d2l";

async function prepare(context: Context, flags: TrainFlags, ranks: Ranks): Promise<PreparedSession> {
  const terminal = context.terminal();
  const share = defined({ share: ranks.threads });
  if (flags.resume === undefined) {
    const start = flags.from === undefined ? undefined : await startFrom(context, flags.from, flags);
    const model = flags.model ?? (flags.recipe === undefined ? DEFAULT_MODEL : recipeNamed(flags.recipe).model);
    return prepareTraining(model, flags, {
      terminal,
      ranks,
      openBackend: () => openBackend({ ...share, ...flags }, terminal),
      ...(start && { start }),
    });
  }
  checkResumeFlags(Object.keys(flags));
  const run = await openUnfinished(flags.resume, flags);
  const asked = { ...settingsOf(lastBackend(run.config), flags), ...flags };
  return prepareResumed(run, flags, {
    terminal,
    ranks,
    openBackend: () => openBackend({ ...share, ...asked }, terminal),
  });
}

/**
 * What the numbers of a run on this backend depend on, as flags: the backend itself and, unless another is asked for, its
 * number of threads, which else would be that of the machine's cores.
 */
function settingsOf({ info }: BackendConfig, flags: TrainingFlags): Pick<TrainingFlags, "backend" | "threads"> {
  if (flags.backend !== undefined && flags.backend !== info.name) return {};
  const { threads } = info.details;
  return { backend: info.name, ...(canChooseThreads(info.name) && typeof threads === "number" && { threads }) };
}

/** Tells of a session in the way the flags ask for; `extra` goes into every line of JSON. */
export function reporter(
  terminal: Terminal,
  flags: TrainingFlags,
  session: PreparedSession,
  extra: Readonly<Record<string, unknown>> = {},
): SessionReporter {
  const { directory } = session;
  return {
    begin(config) {
      if (flags.json) terminal.print(JSON.stringify({ type: "run", directory, config, ...extra }));
      else if (!flags.quiet) terminal.print(describeRun(session));
    },
    report: flags.json ? jsonReporter(terminal, extra) : flags.quiet ? () => {} : textReporter(terminal),
  };
}

async function hasCheckpoint(directory: string): Promise<boolean> {
  const checkpoints = await directoryCheckpoints(runPaths(directory).checkpoints).list();
  return checkpoints.length > 0;
}
