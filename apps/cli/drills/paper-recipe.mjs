// The paper's recipe on photographs, on several engines and in PyTorch, which is fed the same images, in float64 and in float32: whether
// the curves and the final weights are the same.
//
//   node drills/paper-recipe.mjs <folder of pictures> <work folder> <python with torch> [steps] [engines: onnx:cpu,tfjs:node]
//
// Runs and witnesses that are in the work folder are taken from there. Prints a table; curves.svg in the work folder shows the losses.
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { initialParameters, paperSgd, parametersOf, recipes, sizeOf, trainingProgram, zoo } from "@alexnet/core";
import { permutation } from "@alexnet/core/random";
import { imageDataset, openImages } from "@alexnet/data";
import { decodeSafetensors } from "@alexnet/formats";
import { openRun } from "@alexnet/runs";
import { programBudgets, unitRoundoff } from "../../../conformance/dist/tolerance.js";
import { svgFigure } from "../dist/drawing/svg/figure.js";

const [pictures, work, python, words = "200", engines = "onnx:cpu,tfjs:node"] = process.argv.slice(2);
const program = fileURLToPath(new URL("../bin/alexnet.js", import.meta.url));
const script = fileURLToPath(new URL("../../../conformance/golden/train_batches.py", import.meta.url));
const steps = Number(words);
const SEED = 1;
const recipe = recipes.find(({ name }) => name === "paper");
const { batchSize } = recipe.training;
const { preprocessing, variation, colorNoise } = recipe.images;

const alexnet = (...line) =>
  execFileSync(process.execPath, [program, ...line], { stdio: ["ignore", "ignore", "inherit"] });

mkdirSync(work, { recursive: true });
const shards = join(work, "shards");
if (!existsSync(join(shards, "dataset.json"))) alexnet("data", "prepare", pictures, shards);

/** What the program's own training came to, through the command line. */
async function trained(engine) {
  const folder = join(work, engine.replace(":", "-"));
  if (!existsSync(join(folder, "model.safetensors"))) {
    const limits = ["--max-steps", String(steps), "--checkpoint-every", "1000epochs", "--seed", String(SEED)];
    alexnet("train", "--recipe", "paper", "--dataset", shards, "--backend", engine, "--run-dir", folder, ...limits);
  }
  const run = await openRun(folder);
  const { tensors } = decodeSafetensors(readFileSync(join(folder, "model.safetensors")));
  const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
  return { run, tensors, steps: lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "step") };
}

const runs = {};
for (const engine of engines.split(",")) runs[engine] = await trained(engine);
const [first] = Object.values(runs);
const rates = first.steps.map(({ learningRate }) => learningRate);
for (const [engine, { steps }] of Object.entries(runs)) {
  if (String(steps.map(({ learningRate }) => learningRate)) !== String(rates)) {
    throw new Error(`${engine} was trained at other learning rates.`);
  }
}

const source = await openImages(shards, { split: "train" });
const model = zoo.find(({ name }) => name === recipe.model).create({ classes: source.classNames.length });
const parameters = parametersOf(model).map(({ name, shape }) => ({ name, shape }));
const { meanImage, components } = source.statistics;
const dataset = imageDataset(source, {
  ...preprocessing,
  meanImage,
  size: model.inputShape.slice(1),
  augment: { seed: SEED, ...variation, colorNoise: { deviation: colorNoise, components } },
});

/** PyTorch's training on the same images: its losses and final weights. */
async function witness(precision) {
  const [weights, losses] = ["f64", "json"].map((ending) => join(work, `torch-${precision}.${ending}`));
  if (!existsSync(losses)) writeFileSync(losses, JSON.stringify(await taught(precision, weights)));
  const { buffer, byteOffset } = readFileSync(weights);
  const tensors = {};
  let at = byteOffset;
  for (const { name, shape } of parameters) {
    const size = sizeOf(shape);
    tensors[name] = new Float64Array(buffer.slice(at, at + size * 8));
    at += size * 8;
  }
  return { tensors, losses: JSON.parse(readFileSync(losses, "utf8")) };
}

async function taught(precision, weights) {
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const losses = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    losses.push(Number(line));
    process.stderr.write(`\r${precision}: step ${losses.length}, loss ${line.slice(0, 7)}   `);
  });
  const send = async (bytes) => {
    if (!child.stdin.write(bytes)) await once(child.stdin, "drain");
  };
  const raw = ({ buffer, byteOffset, byteLength }) => Buffer.from(Buffer.from(buffer, byteOffset, byteLength));
  const { momentum, weightDecay } = recipe.training.optimizer;
  const plan = { model: recipe.model, inputShape: model.inputShape, seed: SEED, batch: batchSize };
  await send(`${JSON.stringify({ ...plan, momentum, weightDecay, precision, parameters, weights })}\n`);
  const start = initialParameters(model, SEED);
  for (const { name } of parameters) await send(raw(start[name].data));
  const stepsPerEpoch = Math.ceil(dataset.length / batchSize);
  for (let step = 0; step < steps; step++) {
    const epoch = Math.floor(step / stepsPerEpoch);
    const order =
      dataset.order?.({ seed: SEED, epoch }) ??
      permutation({ seed: SEED, purpose: "shuffle", step: epoch }, dataset.length);
    const from = (step % stepsPerEpoch) * batchSize;
    const { images, labels, release } = await dataset.batch(order.subarray(from, from + batchSize), epoch);
    // As single precision has it, which is what engines are fed.
    await send(raw(Float64Array.of(labels.length, Math.fround(rates[step]))));
    await send(raw(labels));
    await send(raw(images.data));
    release?.();
  }
  child.stdin.end();
  const [code] = await ended;
  process.stderr.write("\n");
  if (code !== 0) throw new Error(`PyTorch's training ended with ${code}.`);
  return losses;
}

const truth = await witness("float64");
const torch = await witness("float32");
await dataset.dispose();

/** Errors and budgets are counted in units of roundoff; a step's errors add up by their squares (conformance/TOLERANCES.md). */
const training = trainingProgram(model, batchSize, paperSgd);
function budgetOf(info) {
  const budgets = programBudgets(training.program, info);
  const step = Math.max(...Object.values(training.program.assignments).map((value) => budgets.get(value) ?? 0));
  return Math.sqrt(steps) * step * unitRoundoff[info.precision];
}

/** The largest difference over the largest magnitude of the tensor, and which tensor's is the worst. */
function furthest(tensors) {
  let worst = { error: 0, name: "" };
  for (const { name } of parameters) {
    let [largest, apart] = [0, 0];
    truth.tensors[name].forEach((expected, index) => {
      largest = Math.max(largest, Math.abs(expected));
      apart = Math.max(apart, Math.abs(tensors[name][index] - expected));
    });
    const error = apart / largest;
    if (!(error <= worst.error)) worst = { error, name };
  }
  return worst;
}

const apartOf = (losses) =>
  Math.max(...losses.map((loss, index) => Math.abs(loss - truth.losses[index]) / truth.losses[index]));
const rows = [["PyTorch float32", torch.losses, torch.tensors, undefined]];
for (const [engine, { run, steps, tensors }] of Object.entries(runs)) {
  const data = Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, tensor.data]));
  rows.push([
    engine,
    steps.map(({ loss }) => loss),
    data,
    budgetOf(run.config.backend.info ?? { precision: "float32" }),
  ]);
}
console.log(
  `${steps} steps of ${batchSize}; loss ${truth.losses[0].toFixed(4)} to ${truth.losses.at(-1).toFixed(4)} in PyTorch's float64`,
);
console.log("| | losses | weights | of | budget |\n|---|---:|---:|---|---:|");
for (const [name, losses, tensors, budget] of rows) {
  const { error, name: worst } = furthest(tensors);
  const [least, most] = [apartOf(losses), error].map((value) => value.toExponential(1));
  console.log(`| ${name} | ${least} | ${most} | ${worst} | ${budget?.toExponential(1) ?? ""} |`);
}
const series = [["PyTorch float64", truth.losses], ...rows].map(([name, losses], color) => ({
  name,
  points: losses.map((loss, index) => [index + 1, loss]),
  style: "line",
  color,
}));
const chart = { title: "Loss", xLabel: "steps", yLabel: "loss", series, format: String };
writeFileSync(
  join(work, "curves.svg"),
  svgFigure(`The paper's recipe on ${source.labels.length} photographs`, [chart]),
);
