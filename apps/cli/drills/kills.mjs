// Kills trainings with mid-epoch checkpoints and resumes them: whether each comes to the same bits, and none is refused.
//
//   node drills/kills.mjs <work folder> [kills at random moments: 200] [kills at file operations, at most: all]
//
// Half of the trainings are killed twice. With strace, a training is also killed at each operation that changes its folder, before it is
// done. Prints what came out as JSON.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { program, run } from "./program.mjs";
import { goingOn, outcomeOf, summed, training, unharmed } from "./small-training.mjs";

const [work, kills = "200", most = "Infinity"] = process.argv.slice(2);
rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const { seconds, whole } = await unharmed(join(work, "whole"));
const results = [];

async function check(folder, moment) {
  const result = await outcomeOf(folder, whole);
  results.push({ moment, ...result });
  if (result.outcome === "same") rmSync(folder, { recursive: true });
}

for (let kill = 0; kill < Number(kills); kill++) {
  const folder = join(work, `random-${kill}`);
  const moments = Array.from({ length: 1 + (kill % 2) }, () => Math.random() * seconds * 1000);
  for (const killAfter of moments) await run(goingOn(folder), { killAfter });
  await check(folder, moments.map(Math.round).join(", "));
  process.stderr.write(`\r${kill + 1} of ${kills} killed at random`);
}

const CHANGES = "openat,write,pwrite64,rename,renameat2,unlink,unlinkat,mkdir,mkdirat,fsync,fdatasync,rmdir,ftruncate";

/** Trains under strace, all file operations but those of the training's own thread on one, so that they can be counted. */
function traced(folder, options) {
  const env = { ...process.env, UV_THREADPOOL_SIZE: "1" };
  return spawnSync("strace", ["-f", "-qq", "-y", ...options, process.execPath, program, ...training(folder)], { env });
}

/**
 * What changes a training's folder: by name, and as which of its kind on its thread. Files that are written under a name of their own are
 * told by the thread that writes them; the others by their path.
 */
function operationsOf(folder) {
  const log = join(work, "trace");
  traced(folder, ["-e", `trace=${CHANGES}`, "-o", log]);
  const counts = new Map();
  const found = [];
  for (const line of readFileSync(log, "utf8").split("\n")) {
    const [, thread, call] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
    if (call === undefined) continue;
    const path = line.slice(line.indexOf(folder) + folder.length).match(/^\/([\w.-]+)/)?.[1];
    const changes = line.includes(folder) && (call !== "openat" || /O_CREAT|O_WRONLY|O_RDWR/.test(line));
    const file = changes && ["metrics.jsonl", "lock.json"].includes(path) ? path : undefined;
    for (const key of [`${thread} ${call}`, `${file} ${call}`]) counts.set(key, (counts.get(key) ?? 0) + 1);
    if (changes) found.push({ call, file, when: counts.get(file ? `${file} ${call}` : `${thread} ${call}`) });
  }
  rmSync(log);
  return found;
}

const canTrace = spawnSync("strace", ["-V"]).status === 0;
const operations = canTrace ? operationsOf(join(work, "traced")).slice(0, Number(most)) : [];
let killed = 0;
for (const [index, { call, file, when }] of operations.entries()) {
  const folder = join(work, `operation-${index}`);
  const only = file ? ["-P", join(folder, file)] : [];
  const inject = `inject=${call}:signal=SIGKILL:when=${when}`;
  const { signal } = traced(folder, [...only, "-o", "/dev/null", "-e", `trace=${call}`, "-e", inject]);
  if (signal === "SIGKILL") killed++;
  await check(folder, `${call} ${when}${file ? ` of ${file}` : ""}`);
  process.stderr.write(`\r${index + 1} of ${operations.length} killed at an operation`);
}
process.stderr.write("\n");
const told = {
  seconds: Number(seconds.toFixed(1)),
  random: Number(kills),
  operations: canTrace ? operations.length : "strace is not there",
  killed,
  ...summed(results),
};
console.log(JSON.stringify(told, undefined, 2));
if (told.faults.length > 0) process.exitCode = 1;
