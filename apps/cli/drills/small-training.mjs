// A training of a second or two with checkpoints in the middle of epochs, for drills that do harm to it.
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "./program.mjs";

const data = ["--dataset", "sample", "--limit-train", "150", "--limit-test", "50"];
const rule = ["--batch-size", "16", "--optimizer", "paper", "--momentum", "0.9"];
const course = ["--epochs", "3", "--checkpoint-every", "4steps", "--threads", "1", "--quiet"];

/** The command line that trains into a folder. */
export const training = (folder) => ["train", "--model", "lenet5", ...data, ...rule, ...course, "--run-dir", folder];

/** The one that goes on with what was harmed, as a person would: the first, where there is no run yet. */
export const goingOn = (folder) =>
  existsSync(join(folder, "config.json")) ? ["train", "--resume", folder, "--quiet"] : training(folder);

/** Whether a training says that there is nothing to go on with. */
export const isDone = ({ output }) => /has done its 3 epochs/.test(output);

/** Trains without harm: how long it takes, in seconds, and what it comes to. */
export async function unharmed(folder) {
  const { code, output, seconds } = await run(training(folder));
  if (code !== 0) throw new Error(output);
  return { seconds, whole: stateOf(folder) };
}

/** Everything of a run that does not depend on when and where it ran, but for its pictures: they are drawn when all the rest is kept. */
export function stateOf(folder) {
  const hash = createHash("sha256");
  hash.update(readFileSync(join(folder, "model.safetensors")));
  const last = readdirSync(join(folder, "checkpoints")).sort().at(-1);
  for (const name of ["parameters.safetensors", "velocities.safetensors"]) {
    hash.update(readFileSync(join(folder, "checkpoints", last, name)));
  }
  const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
  const told = lines.map((line) =>
    JSON.stringify(JSON.parse(line), (key, value) => (key === "seconds" || key === "location" ? undefined : value)),
  );
  return JSON.stringify([last, hash.digest("hex"), told]);
}

/** Goes on with a training that was harmed: `same` or `different` from one that was not, or `refused`. */
export async function outcomeOf(folder, whole) {
  const end = await run(goingOn(folder));
  // Harmed after it was done: there is nothing to go on with.
  if (end.code !== 0 && !isDone(end)) return { outcome: "refused", output: end.output };
  return stateOf(folder) === whole ? { outcome: "same" } : { outcome: "different", output: end.output };
}

/** How often each outcome was there, and what was not the same. */
export function summed(results) {
  const count = (wanted) => results.filter(({ outcome }) => outcome === wanted).length;
  const faults = results.filter(({ outcome }) => outcome !== "same");
  return { same: count("same"), different: count("different"), refused: count("refused"), faults };
}
