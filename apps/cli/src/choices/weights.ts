import { newestRun } from "@alexnet/runs";
import { UsageError } from "../program/errors.js";
import { command } from "../program/invocation.js";
import type { Terminal } from "../program/terminal.js";

/** Where weights are taken from: the place that was named, or else the newest run here, which is then said. */
export async function chooseWeights(given: string | undefined, terminal: Terminal): Promise<string> {
  if (given !== undefined) return given;
  const newest = await newestRun("runs");
  if (newest === undefined) {
    throw new UsageError(
      "No weights were given, and there is no run in the folder runs. Name a run folder or a file of weights, or " +
        `train first: ${command("train")}`,
    );
  }
  terminal.note(`Using the newest run, ${newest}.`);
  return newest;
}
