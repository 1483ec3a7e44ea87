// Two processes train in one folder at a time: whether one of them has it, the other says so, and nothing is harmed.
//
//   node drills/races.mjs <work folder> [times: 50]
//
// In turns they begin a run, and go on with one that was killed, whose lock is still there; the second starts up to half a second after
// the first, or at once. Prints what came out as JSON.
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { run } from "./program.mjs";
import { goingOn, isDone, stateOf, training, unharmed } from "./small-training.mjs";

const [work, times = "50"] = process.argv.slice(2);
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const { seconds, whole } = await unharmed(join(work, "whole"));

const killed = join(work, "killed");
let killAfter = seconds * 500;
do {
  rmSync(killed, { recursive: true, force: true });
  killAfter += 50;
  await run(training(killed), { killAfter });
} while (!goingOn(killed).includes("--resume"));

/** What the one that does not get the folder says. */
const REFUSALS = [/is training in this folder/, /is not empty/, /has gone on since|while another/];

const faults = [];
const refusals = {};
for (let time = 0; time < Number(times); time++) {
  const folder = join(work, `race-${time}`);
  if (time % 2 === 1) cpSync(killed, folder, { recursive: true });
  const words = goingOn(folder);
  const after = time % 4 < 2 ? 0 : Math.random() * 500;
  const ends = await Promise.all([run(words), sleep(after).then(() => run(words))]);
  const failed = ends.filter(({ code }) => code !== 0);
  const known = failed.every((end) => isDone(end) || REFUSALS.some((refusal) => refusal.test(end.output)));
  for (const { output } of failed) {
    const refusal = output.trim().split("\n")[0].replace(folder, "…").replace(/\d+/g, "n");
    refusals[refusal] = (refusals[refusal] ?? 0) + 1;
  }
  const isSame = failed.length === 1 && known && stateOf(folder) === whole;
  if (isSame) rmSync(folder, { recursive: true });
  else faults.push({ time, after: Math.round(after), ends });
  process.stderr.write(`\r${time + 1} of ${times} races`);
}
process.stderr.write("\n");
console.log(
  JSON.stringify({ times: Number(times), same: Number(times) - faults.length, refusals, faults }, undefined, 2),
);
if (faults.length > 0) process.exitCode = 1;
