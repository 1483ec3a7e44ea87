// The paper's recipe on photographs, on several engines and in PyTorch, which is fed the same images, in float64 and in float32: whether
// the curves and the final weights are the same, and whether single steps are that begin where an engine has come to.
//
//   node drills/paper-recipe.mjs <folder of pictures> <work folder> <python with torch> [steps] [engines: onnx:cpu,tfjs:node]
//
// Runs and witnesses that are in the work folder are taken from there. Prints two tables; curves.svg in the work folder shows the losses.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { initialParameters, paperSgd, parametersOf, recipes, trainingProgram, zeros, zoo } from "@alexnet/core";
import { permutation } from "@alexnet/core/random";
import { imageDataset, openImages } from "@alexnet/data";
import { decodeSafetensors } from "@alexnet/formats";
import { openRun } from "@alexnet/runs";
import { programBudgets, unitRoundoff } from "../../../conformance/dist/tolerance.js";
import { svgFigure } from "../dist/drawing/svg/figure.js";
import { program } from "./program.mjs";
import { keptTraining, readState, train } from "./torch-training.mjs";

const [pictures, work, python, words = "200", engines = "onnx:cpu,tfjs:node"] = process.argv.slice(2);
const steps = Number(words);
/** Where single steps begin: at the start, and a quarter, a half and three quarters through. */
const starts = [0, 1, 2, 3].map((quarter) => Math.floor((quarter * steps) / 4));
const SEED = 1;
const recipe = recipes.find(({ name }) => name === "paper");
const { batchSize } = recipe.training;
const { preprocessing, variation, colorNoise } = recipe.images;

const alexnet = (...line) =>
  execFileSync(process.execPath, [program, ...line], { stdio: ["ignore", "ignore", "inherit"] });

mkdirSync(work, { recursive: true });
const shards = join(work, "shards");
if (!existsSync(join(shards, "dataset.json"))) alexnet("data", "prepare", pictures, shards);

/** What the program's own training came to, through the command line, with a checkpoint around each single step. */
async function trained(engine) {
  const folder = join(work, engine.replace(":", "-"));
  const stops = [...starts.flatMap((step) => [step, step + 1]).filter((step) => step > 0), steps];
  for (const stop of stops) {
    if (existsSync(checkpointOf(folder, stop))) continue;
    const whole =
      stop === stops[0]
        ? ["--recipe", "paper", "--dataset", shards, "--backend", engine, "--run-dir", folder, "--seed", String(SEED)]
        : ["--resume", folder];
    const limits = ["--max-steps", String(stop), "--checkpoint-every", "1000epochs", "--keep", "100"];
    alexnet("train", ...whole, ...limits);
  }
  const run = await openRun(folder);
  const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((line) => JSON.parse(line)).filter(({ type }) => type === "step");
  return {
    info: run.config.backend.info ?? { precision: "float32" },
    losses: records.map(({ loss }) => loss),
    rates: records.map(({ learningRate }) => learningRate),
    stateAt: (step) => (step === 0 ? start : checkpoint(checkpointOf(folder, step))),
  };
}

const checkpointOf = (folder, step) => join(folder, "checkpoints", `step-${String(step).padStart(8, "0")}`);

function checkpoint(folder) {
  const [weights, velocities] = ["parameters", "velocities"].map(
    (name) => decodeSafetensors(readFileSync(join(folder, `${name}.safetensors`))).tensors,
  );
  return { weights, velocities };
}

const source = await openImages(shards, { split: "train" });
const model = zoo.find(({ name }) => name === recipe.model).create({ classes: source.classNames.length });
const parameters = parametersOf(model).map(({ name, shape }) => ({ name, shape }));
const initial = initialParameters(model, SEED);
const start = {
  weights: initial,
  velocities: Object.fromEntries(parameters.map(({ name, shape }) => [name, zeros(shape)])),
};

const runs = {};
for (const engine of engines.split(",")) runs[engine] = await trained(engine);
const [{ rates }] = Object.values(runs);
for (const [engine, run] of Object.entries(runs)) {
  if (String(run.rates) !== String(rates)) throw new Error(`${engine} was trained at other learning rates.`);
}

const { meanImage, components } = source.statistics;
const dataset = imageDataset(source, {
  ...preprocessing,
  meanImage,
  size: model.inputShape.slice(1),
  augment: { seed: SEED, ...variation, colorNoise: { deviation: colorNoise, components } },
});

/** What the library feeds its engines at each of the steps. */
async function* batches(from, to) {
  const stepsPerEpoch = Math.ceil(dataset.length / batchSize);
  for (let step = from; step < to; step++) {
    const epoch = Math.floor(step / stepsPerEpoch);
    const order =
      dataset.order?.({ seed: SEED, epoch }) ??
      permutation({ seed: SEED, purpose: "shuffle", step: epoch }, dataset.length);
    const first = (step % stepsPerEpoch) * batchSize;
    const { images, labels, release } = await dataset.batch(order.subarray(first, first + batchSize), epoch);
    yield { images, labels, learningRate: rates[step] };
    release?.();
  }
}

const { momentum, weightDecay } = recipe.training.optimizer;
const plan = { model: recipe.model, inputShape: model.inputShape, seed: SEED, batch: batchSize, momentum, weightDecay };
const taught = (precision, state, from, to, begin) =>
  train(python, { ...plan, parameters, precision, state, step: from }, begin, batches(from, to));

const witness = (precision) =>
  keptTraining(join(work, `torch-${precision}`), parameters, (state) => taught(precision, state, 0, steps, start));
const truth = await witness("float64");
const torch = await witness("float32");

/** Errors and budgets are counted in units of roundoff; a step's errors add up by their squares (conformance/TOLERANCES.md). */
const training = trainingProgram(model, batchSize, paperSgd);
function budgetOf(info, steps) {
  const budgets = programBudgets(training.program, info);
  const step = Math.max(...Object.values(training.program.assignments).map((value) => budgets.get(value) ?? 0));
  return Math.sqrt(steps) * step * unitRoundoff[info.precision];
}

/** The largest difference over the largest magnitude of the tensor, and which tensor's is the worst. */
function furthest(tensors, expected) {
  let worst = { error: 0, name: "" };
  for (const { name } of parameters) {
    let [largest, apart] = [0, 0];
    expected[name].forEach((value, index) => {
      largest = Math.max(largest, Math.abs(value));
      apart = Math.max(apart, Math.abs(tensors[name][index] - value));
    });
    const error = apart / largest;
    if (!(error <= worst.error)) worst = { error, name };
  }
  return worst;
}

const numbersOf = (tensors) => Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data]));
const short = (value) => value?.toExponential(1) ?? "";
const told = ({ error, name }) => `${short(error)} | ${name}`;

const apartOf = (losses) =>
  Math.max(...losses.map((loss, index) => Math.abs(loss - truth.losses[index]) / truth.losses[index]));
const [firstLoss, lastLoss] = [truth.losses[0], truth.losses.at(-1)].map((loss) => loss.toFixed(4));
console.log(`${steps} steps of ${batchSize}; loss ${firstLoss} to ${lastLoss} in PyTorch's float64`);
console.log("\n| | losses | weights | of | budget |\n|---|---:|---:|---|---:|");
const rows = [["PyTorch float32", torch.losses, torch.weights, undefined]];
for (const [engine, { losses, stateAt, info }] of Object.entries(runs)) {
  rows.push([engine, losses, numbersOf(stateAt(steps).weights), budgetOf(info, steps)]);
}
for (const [name, losses, weights, budget] of rows) {
  const figures = [short(apartOf(losses)), told(furthest(weights, truth.weights)), short(budget)];
  console.log(`| ${name} | ${figures.join(" | ")} |`);
}

console.log("\nOne step from where each has come to, against PyTorch's float64 from there");
console.log("\n| | step | loss | weights | of | velocities | of | budget |\n|---|---:|---:|---:|---|---:|---|---:|");
const file = join(work, "single-step.f64");
async function single(precision, step, begin) {
  const [loss] = await taught(precision, file, step, step + 1, begin);
  return { loss, ...readState(file, parameters) };
}
for (const [engine, { losses, stateAt, info }] of Object.entries(runs)) {
  for (const step of starts) {
    const expected = await single("float64", step, stateAt(step));
    const row = (name, loss, { weights, velocities }, budget) => {
      const lossError = short(Math.abs(loss - expected.loss) / expected.loss);
      const errors = [furthest(weights, expected.weights), furthest(velocities, expected.velocities)];
      const figures = [lossError, ...errors.map(told), short(budget)];
      console.log(`| ${name} | ${step + 1} | ${figures.join(" | ")} |`);
    };
    const after = stateAt(step + 1);
    const ours = { weights: numbersOf(after.weights), velocities: numbersOf(after.velocities) };
    row(engine, losses[step], ours, budgetOf(info, 1));
    const peer = await single("float32", step, stateAt(step));
    row(`PyTorch float32, from ${engine}'s`, peer.loss, peer);
  }
}
rmSync(file);
await dataset.dispose();

const line = (name, losses, color) => ({
  name,
  points: losses.map((loss, index) => [index + 1, loss]),
  style: "line",
  color,
});
const charts = rows.map(([name, losses]) => ({
  title: `Loss, ${name}`,
  xLabel: "steps",
  yLabel: "loss",
  series: [line("PyTorch float64", truth.losses, 0), line(name, losses, 1)],
  format: String,
}));
const heading = `The paper's recipe on ${source.labels.length} photographs`;
writeFileSync(join(work, "curves.svg"), svgFigure(heading, charts));
