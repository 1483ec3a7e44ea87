// Whether memory stays flat in a long training, on each engine.
//
//   node drills/memory.mjs <work folder> [steps: 2000] [engines] [model: lenet5] [batch: 4]
//
// Prints a table: the mean of resident memory in the second and in the last quarter of the training, and its slope over the second half (least
// squares). memory.svg in the work folder shows it. On Linux.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { svgFigure } from "../dist/drawing/svg/figure.js";
import { memoryInto, run } from "./program.mjs";

const every = "onnx:cpu,tfjs:node,tfjs:wasm,tfjs:cpu,gpujs:webasm,gpujs:cpu,reference";
const [work, steps = "2000", engines = every, model = "lenet5", batch = "4"] = process.argv.slice(2);

const mean = (points, axis) => points.reduce((sum, point) => sum + point[axis], 0) / points.length;

/** How much a value rises with the other, by least squares. */
function slope(points) {
  const [x, y] = [mean(points, 0), mean(points, 1)];
  const above = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return above / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}

mkdirSync(work, { recursive: true });
console.log("| engine | seconds | second quarter, MiB | last quarter, MiB | KiB a step |\n|---|---:|---:|---:|---:|");
const charts = [];
for (const engine of engines.split(",")) {
  const folder = join(work, engine.replace(":", "-"));
  const data = ["--dataset", "sample", "--limit-train", "400", "--limit-test", "10", "--batch-size", batch];
  const course = ["--epochs", "100000", "--max-steps", steps, "--checkpoint-every", "100000epochs", "--quiet"];
  const samples = [];
  const words = ["train", "--backend", engine, "--model", model, ...data, ...course, "--run-dir", folder];
  const { code, output, seconds } = await run(words, { watch: memoryInto(samples) });
  rmSync(folder, { recursive: true, force: true });
  if (code !== 0) {
    console.log(`| ${engine} | | | | ${output.trim().split("\n")[0]} |`);
    continue;
  }
  const points = samples.map(([at, mib]) => [(at / seconds) * Number(steps), mib]);
  // The last is taken when the engine is gone.
  const part = (from, to) => points.slice(0, -1).filter(([step]) => step >= from * steps && step < to * steps);
  const figures = [seconds, mean(part(0.25, 0.5), 1), mean(part(0.75, 1), 1)].map((value) => value.toFixed(0));
  console.log(`| ${engine} | ${figures.join(" | ")} | ${(slope(part(0.5, 1)) * 1024).toFixed(2)} |`);
  const series = [{ name: "resident", points, style: "line", color: 0 }];
  charts.push({ title: engine, xLabel: "steps", yLabel: "MiB", series, format: String, include: [0] });
}
writeFileSync(join(work, "memory.svg"), svgFigure(`Memory of ${steps} steps of ${model}`, charts));
