// What a second rank brings: images a second of a training on one rank and on several, a thread each, with as many images a rank (weak scaling).
//
//   node drills/ranks.mjs <work folder> [ranks: 2] [model: alexnet-d2l] [images a rank: 128] [steps: 6] [times: 3] [mpirun]
//
// In turns, each the median of its steps but the first; prints a table of all times, and the ratio of the medians.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { program } from "./program.mjs";

const [work, many = "2", model = "alexnet-d2l", batch = "128", steps = "6", times = "3", launcher = "mpirun"] =
  process.argv.slice(2);
const ranks = Number(many);
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

function speedOf(count) {
  const folder = join(work, `ranks-${count}`);
  rmSync(folder, { recursive: true, force: true });
  const images = String(Number(batch) * count);
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
  const line = count === 1 ? [] : [launcher, "-n", String(count)];
  const [command, ...rest] = [...line, process.execPath, program, ...words];
  execFileSync(command, rest, { stdio: ["ignore", "ignore", "inherit"] });
  const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((text) => JSON.parse(text)).filter(({ type }) => type === "step");
  rmSync(folder, { recursive: true });
  const later = records.slice(1);
  return {
    imagesPerSecond: median(later.map(({ examples, seconds }) => examples / seconds)),
    exchanging: median(later.map(({ exchangeSeconds = 0, seconds }) => exchangeSeconds / seconds)),
  };
}

mkdirSync(work, { recursive: true });
const all = { 1: [], [ranks]: [] };
console.log("| ranks | images/s | exchanging |\n|---:|---:|---:|");
for (let time = 0; time < Number(times); time++) {
  for (const count of [1, ranks]) {
    const found = speedOf(count);
    all[count].push(found.imagesPerSecond);
    console.log(`| ${count} | ${found.imagesPerSecond.toFixed(1)} | ${(100 * found.exchanging).toFixed(1)} % |`);
  }
}
console.log(`\n${ranks} ranks: ${(median(all[ranks]) / median(all[1])).toFixed(3)} times one`);
