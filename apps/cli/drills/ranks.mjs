// What a second rank brings: images a second of a training on one rank and on several, a thread each, with as many images a rank (weak scaling), or
// with as many in all where they divide the model.
//
//   node drills/ranks.mjs <work folder> [division: data] [ranks: 2] [model: alexnet-d2l] [images: 128] [steps: 6] [times: 3] [mpirun]
//
// In turns, each the median of its steps but the first; prints a table of all times, and the ratio of the medians. Root needs
// OMPI_ALLOW_RUN_AS_ROOT=1 and OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 for Open MPI.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { program } from "./program.mjs";

const [
  work,
  division = "data",
  many = "2",
  model = "alexnet-d2l",
  batch = "128",
  steps = "6",
  times = "3",
  launcher = "mpirun",
] = process.argv.slice(2);
const ranks = Number(many);
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

function speedOf(count) {
  const folder = join(work, `ranks-${count}`);
  rmSync(folder, { recursive: true, force: true });
  const images = String(Number(batch) * (division === "model" ? 1 : count));
  const data = ["--dataset", "sample", "--limit-train", images, "--limit-test", "10", "--batch-size", images];
  const course = [
    "--epochs",
    steps,
    "--max-steps",
    steps,
    "--evaluate-every",
    "1000",
    "--checkpoint-every",
    "1000epochs",
  ];
  const words = ["train", "--model", model, ...data, ...course, "--threads", "1", "--quiet", "--run-dir", folder];
  const [command, ...rest] =
    count === 1
      ? [process.execPath, program, ...words]
      : [launcher, "-n", String(count), process.execPath, program, ...words, "--divide", division];
  execFileSync(command, rest, { stdio: ["ignore", "ignore", "inherit"] });
  const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((text) => JSON.parse(text)).filter(({ type }) => type === "step");
  rmSync(folder, { recursive: true });
  const later = records.slice(1);
  return {
    imagesPerSecond: median(later.map(({ examples, seconds }) => examples / seconds)),
    exchanging: median(later.map(({ exchangeSeconds = 0 }) => exchangeSeconds)),
  };
}

mkdirSync(work, { recursive: true });
const all = { 1: [], [ranks]: [] };
console.log("| ranks | images/s | exchanging, ms a step |\n|---:|---:|---:|");
for (let time = 0; time < Number(times); time++) {
  for (const count of [1, ranks]) {
    const found = speedOf(count);
    all[count].push(found.imagesPerSecond);
    console.log(`| ${count} | ${found.imagesPerSecond.toFixed(1)} | ${(1000 * found.exchanging).toFixed(0)} |`);
  }
}
console.log(`\n${ranks} ranks: ${(median(all[ranks]) / median(all[1])).toFixed(3)} times one`);
