// Kills trainings with mid-epoch checkpoints and resumes them: whether each comes to the same bits, and none is refused.
//
//   node drills/kills.mjs <work folder> [kills at random moments: 200] [kills at file operations, at most: all]
//
// Half of the trainings are killed twice. With strace, a training is also killed at each operation that changes a file, before it is done.
// Prints what came out as JSON.
import { spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const [work, kills = "200", operations = "Infinity"] = process.argv.slice(2);
const program = fileURLToPath(new URL("../bin/alexnet.js", import.meta.url));
const RUN = [
  ...[
    "train",
    "--model",
    "lenet5",
    "--dataset",
    "sample",
    "--limit-train",
    "150",
    "--limit-test",
    "50",
    "--batch-size",
    "16",
  ],
  ...[
    "--epochs",
    "3",
    "--checkpoint-every",
    "4steps",
    "--optimizer",
    "paper",
    "--momentum",
    "0.9",
    "--threads",
    "1",
    "--quiet",
  ],
];

/** Runs the program, which is killed after so long, if it has not ended by then. */
function run(words, killAfter) {
  const child = spawn(process.execPath, [program, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += text));
  const killing = killAfter === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), killAfter);
  return new Promise((resolve) => {
    child.on("close", (code, signal) => {
      clearTimeout(killing);
      resolve({ code, signal, output });
    });
  });
}

/** Everything of a run that does not depend on when and where it ran, but for its pictures: they are drawn when all the rest is kept. */
function stateOf(folder) {
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

/** Goes on with what was killed, as a person would: by the command that was given, where there is no run yet. */
async function finish(folder, killAfter) {
  const hasRun = readdirSync(work).includes(folder) && readdirSync(join(work, folder)).includes("config.json");
  const words = hasRun
    ? ["train", "--resume", join(work, folder), "--quiet"]
    : [...RUN, "--run-dir", join(work, folder)];
  return run(words, killAfter);
}

const isDone = (output) => /has done its 3 epochs/.test(output);

async function checked(folder, whole, moment) {
  const end = await finish(folder);
  // Killed after it was done: there is nothing to go on with.
  const isFine = end.code === 0 || isDone(end.output);
  const outcome = isFine ? (stateOf(join(work, folder)) === whole ? "same" : "different") : "refused";
  if (outcome === "same") rmSync(join(work, folder), { recursive: true });
  return { moment, outcome, ...(outcome !== "same" && { output: end.output }) };
}

rmSync(work, { recursive: true, force: true });
mkdirSync(work, { recursive: true });
const startedAt = performance.now();
const first = await run([...RUN, "--run-dir", join(work, "whole")]);
if (first.code !== 0) throw new Error(first.output);
const milliseconds = performance.now() - startedAt;
const whole = stateOf(join(work, "whole"));

const results = [];
for (let kill = 0; kill < Number(kills); kill++) {
  const folder = `random-${kill}`;
  const moments = [Math.random() * milliseconds, ...(kill % 2 === 0 ? [] : [Math.random() * milliseconds])];
  for (const moment of moments) await finish(folder, moment);
  results.push(await checked(folder, whole, moments.map(Math.round).join(", ")));
  process.stderr.write(`\r${kill + 1} of ${kills} killed at random`);
}

/** What changes files: a training is killed when a thread of it is about to do one of them, the first, the second, … */
const CHANGES = "pwrite64,rename,renameat2,unlink,unlinkat,mkdir,mkdirat,fsync,fdatasync,rmdir,ftruncate";
const canTrace = spawnSync("strace", ["-V"]).status === 0;
let traced = 0;
for (let at = 1; canTrace && at <= Number(operations); at++) {
  const folder = join(work, `operation-${at}`);
  const inject = `inject=${CHANGES}:signal=SIGKILL:when=${at}`;
  const words = ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${CHANGES}`, "-e", inject, process.execPath, program];
  // All on one thread, so that there is one count.
  const env = { ...process.env, UV_THREADPOOL_SIZE: "1" };
  const { signal, status } = spawnSync("strace", [...words, ...RUN, "--run-dir", folder], { env });
  if (signal === null && status === 0) break;
  traced++;
  results.push(await checked(`operation-${at}`, whole, `operation ${at}`));
  process.stderr.write(`\r${at} killed at an operation`);
}
process.stderr.write("\n");
const count = (outcome) => results.filter((result) => result.outcome === outcome).length;
console.log(
  JSON.stringify(
    {
      seconds: Number((milliseconds / 1000).toFixed(1)),
      random: Number(kills),
      operations: canTrace ? traced : "strace is not there",
      same: count("same"),
      different: count("different"),
      refused: count("refused"),
      faults: results.filter(({ outcome }) => outcome !== "same"),
    },
    undefined,
    2,
  ),
);
if (count("same") < results.length) process.exitCode = 1;
