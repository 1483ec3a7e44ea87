import { newestRun } from "@alexnet/runs";
import type { Context } from "../program/context.js";
import { UsageError } from "../program/errors.js";
import { command } from "../program/invocation.js";
import { locationOf } from "./pretrained.js";

/**
 * Where weights are taken from: the place, or the published weights, that were named, or else the newest run here, which is then
 * said. `undefined` when fetching them was interrupted.
 */
export async function chooseWeights(
  given: string | undefined,
  download: boolean | undefined,
  context: Context,
): Promise<string | undefined> {
  if (given !== undefined) return locationOf(given, download, context);
  const newest = await newestRun("runs");
  if (newest === undefined) {
    throw new UsageError(
      "No weights were given, and there is no run in the folder runs. Name a run folder or a file of weights, or " +
        `train first: ${command("train")}`,
    );
  }
  context.terminal().note(`Using the newest run, ${newest}.`);
  return newest;
}
