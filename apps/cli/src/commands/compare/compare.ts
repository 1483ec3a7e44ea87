import { giveBackRunFolder, takeRunFolder } from "@alexnet/runs";
import { modelOptions } from "../../choices/model-options.js";
import { createModel, zooEntry } from "../../choices/zoo.js";
import type { Context } from "../../program/context.js";
import { UsageError } from "../../program/errors.js";
import { flagName } from "../train/flags.js";
import { checkFreeFolder } from "../train/run-folder.js";
import { compareModels } from "./facts.js";
import type { CompareFlags, Pair } from "./flags.js";
import { comparisonText } from "./text.js";

/** What can be given without `--train`: what shapes a model, and how to print. */
const WITHOUT_TRAINING: readonly string[] = ["classes", "channels", "inputSize", "json"];

/** `alexnet compare`. */
export async function compare(context: Context, names: Pair<string>, flags: CompareFlags): Promise<void> {
  const entries = [zooEntry(names[0]), zooEntry(names[1])] as const;
  if (!flags.train) {
    const others = Object.keys(flags).filter((name) => !WITHOUT_TRAINING.includes(name));
    if (others.length > 0) throw new UsageError(`${others.map(flagName).join(", ")} needs --train.`);
    const comparison = compareModels(
      createModel(entries[0], modelOptions(flags)),
      createModel(entries[1], modelOptions(flags)),
    );
    context.terminal().print(flags.json ? JSON.stringify(comparison, undefined, 2) : comparisonText(comparison));
    return;
  }
  if (names[0] === names[1]) throw new UsageError("--train compares two different models; these are the same.");
  const name = `${names[0]}-vs-${names[1]}-${flags.dataset ?? "sample"}`;
  const directory = flags.runDir ?? (await takeRunFolder("runs", name));
  await checkFreeFolder(directory);
  const { trainBoth } = await import("./train-both.js");
  try {
    await trainBoth(context, names, directory, flags);
  } finally {
    if (flags.runDir === undefined) await giveBackRunFolder(directory);
  }
}
