import { join } from "node:path";
import { looksAhead } from "@alexnet/core";
import { dividedTraining, trafficOf } from "@alexnet/core/distributed";
import { leftOutText } from "../../choices/bad-pictures.js";
import { describeOptimizer } from "../../choices/optimizer.js";
import type { Ranks } from "../../choices/ranks.js";
import { command, pathWord } from "../../program/invocation.js";
import { count, extents, magnitude, percent, plural, rate } from "../../text/format.js";
import { facts } from "../../text/table.js";
import { isGuessing } from "./chance.js";
import { EXAMPLE } from "./pictures.js";
import type { PreparedSession } from "./prepare.js";
import { describeSchedule } from "./recipe.js";
import type { SessionResult } from "./session.js";
import { SKIPPED } from "./skipped.js";

export const STOPPING = "Stopping after the step under way, with a checkpoint. Press Ctrl-C again to end at once.";

const SAMPLE_RECIPE = "(fitted to the small sample; --dataset fashion-mnist trains as published)";

const GUESSING = `That is no better than guessing: the training has not left the plateau it began
on. What may help: more steps (--epochs, a smaller --batch-size, more images), a
larger --lr where the loss stands still, a smaller one where it jumps.`;

/** What is about to be trained, on what and how. */
export function describeRun(session: PreparedSession): string {
  const { directory, recipe, model, training, test, backend, run, sampleRecipe, ranks } = session;
  const { epochs, batchSize, optimizer, schedule, seed, earlyStop } = recipe;
  const { engine, version, details } = backend.info;
  const threads = details.threads === undefined ? "" : `, ${plural(Number(details.threads), "thread")}`;
  const frozen = model.layers.flatMap((layer) =>
    "weight" in layer && layer.weight.learningRate === 0 ? [layer.name] : [],
  );
  const from = run?.checkpoint ? `, going on after step ${count(run.checkpoint.state.step)}` : "";
  return `${facts([
    ["model", `${model.name}: images of ${extents(model.inputShape)}, ${plural(model.classes, "class")}`],
    ...(frozen.length > 0 ? ([["frozen", frozen.join(", ")]] as const) : []),
    ["data", `${training.name} (${plural(training.length, "image")}), ${test.name} (${plural(test.length, "image")})`],
    [
      "training",
      `${plural(epochs, "epoch")} in batches of ${batchSize}, ${describeOptimizer(optimizer)}, seed ${seed}${from}`,
    ],
    [
      "schedule",
      `${describeSchedule(schedule)}${earlyStop ? `; stops after ${earlyStop.patience} epochs without progress` : ""}`,
    ],
    ...(sampleRecipe ? ([["", SAMPLE_RECIPE]] as const) : []),
    ["backend", `${backend.info.name} (${engine} ${version}${threads})`],
    ...(ranks && ranks.communicator.size > 1 ? ([["ranks", describeRanks(ranks, session)]] as const) : []),
    ["run folder", directory],
  ])}\n`;
}

const DIVIDED: Readonly<Record<Ranks["division"], string>> = {
  data: "each with a share of every batch",
  model: "each with a share of every layer",
  hybrid: "each with a share of every batch in the convolutions, and of every dense layer",
};

function describeRanks(
  { communicator, division, threads = 1, version = "MPI" }: Ranks,
  { model, recipe: { batchSize, optimizer } }: PreparedSession,
): string {
  const exchanges = trafficOf(dividedTraining(model, { batchSize, optimizer, division }, communicator));
  const sent = exchanges.reduce((sum, { bytes }) => sum + bytes, 0);
  const share = `${plural(threads, "thread")} of this machine`;
  return `${communicator.size}, ${DIVIDED[division]}; ${share}, ${magnitude(sent)}B sent a step (${version.split(",")[0]})`;
}

const STOPPED: Readonly<Partial<Record<SessionResult["reason"], string>>> = {
  earlyStop: " (stopped early: no more progress)",
  limit: " (stopped at the limit it was given)",
};

/** How it ended, and what to do next: commands to copy. */
export function describeOutcome(result: SessionResult, { directory, recipe, leftOut }: PreparedSession): string {
  const { evaluation, best, step, imagesPerSecond, epoch, reason } = result;
  const stopped = STOPPED[reason] ?? "";
  const earlier = best && best.step < step && evaluation && best.top1 > evaluation.top1 ? best : undefined;
  const accuracy = evaluation ? `Test accuracy ${percent(evaluation.top1)}` : "Trained";
  const skipped = leftOutText(leftOut);
  const guessing = evaluation !== undefined && isGuessing(evaluation);
  return [
    `${accuracy} after ${plural(epoch, "epoch")}${stopped}, ${rate(imagesPerSecond)} images/s.`,
    ...(earlier
      ? [`The best was ${percent(earlier.top1)} after ${plural(earlier.epoch, "epoch")}, and its checkpoint is kept.`]
      : []),
    ...(skipped === undefined
      ? []
      : [`${skipped}: ${SKIPPED} in the run folder names ${leftOut.reasons.size === 1 ? "it" : "them"}.`]),
    ...(guessing ? ["", GUESSING] : []),
    "",
    `Everything is in ${directory}: weights, curves.svg, metrics, checkpoints. Next:`,
    `  ${command("evaluate", pathWord(directory))}`,
    ...(earlier ? [`  ${command("evaluate", pathWord(earlier.checkpoint))}`] : []),
    ...(guessing
      ? []
      : [`  ${command("predict", pathWord(join(directory, EXAMPLE)), "--weights", pathWord(directory))}`]),
    ...goingOn(reason, recipe, directory),
  ].join("\n");
}

/** How to go on. A schedule that ends with the training cannot be stretched afterwards. */
function goingOn(
  reason: SessionResult["reason"],
  { schedule, epochs }: PreparedSession["recipe"],
  directory: string,
): readonly string[] {
  if (reason === "limit") return [`  ${resumeCommand(directory)}`];
  return looksAhead(schedule) ? [] : [`  ${resumeCommand(directory, 2 * epochs)}`];
}

/** What is left of a training that was stopped, and how to go on with it. */
export function describeInterruption({ step, checkpoint }: SessionResult, directory: string): string {
  return [
    `Stopped after step ${count(step)}. ${checkpoint === undefined ? "" : `Checkpoint: ${checkpoint}`}`.trimEnd(),
    "Go on with:",
    `  ${resumeCommand(directory)}`,
  ].join("\n");
}

/** The command that goes on with a training. */
export function resumeCommand(directory: string, epochs?: number): string {
  return command(
    "train",
    "--resume",
    pathWord(directory),
    ...(epochs === undefined ? [] : ["--epochs", String(epochs)]),
  );
}
