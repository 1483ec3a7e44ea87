// The same training on one rank and on several: its curves, and how far they are from each other.
//
//   node drills/ranks-curves.mjs <work folder> [division: data] [ranks: 2,4] [flags of the training: LeNet-5 by Adam, 12 epochs of the sample]
//
// Runs that are in the work folder are taken from there. Prints a table; curves.svg in the work folder shows the losses and their differences.
// Root needs OMPI_ALLOW_RUN_AS_ROOT=1 and OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 for Open MPI, more ranks than cores OMPI_MCA_rmaps_base_oversubscribe=1.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decodeSafetensors } from "@alexnet/formats";
import { svgFigure } from "../dist/drawing/svg/figure.js";
import { program } from "./program.mjs";

const lenet = ["--model", "lenet5", "--dataset", "sample", "--batch-size", "25", "--epochs", "12", "--seed", "3"];
const [work, division = "data", words = "2,4", ...flags] = process.argv.slice(2);
const training = flags.length > 0 ? flags : [...lenet, "--optimizer", "adam", "--lr", "0.003"];

/** The losses, the last accuracy and the weights of the training on so many ranks. */
function trained(ranks) {
  const folder = join(work, `${division}-${ranks}`);
  if (!existsSync(join(folder, "model.safetensors"))) {
    const line = [program, "train", ...training, "--threads", "1", "--quiet", "--run-dir", folder];
    const [command, ...rest] =
      ranks === 1
        ? [process.execPath, ...line]
        : ["mpirun", "-n", String(ranks), process.execPath, ...line, "--divide", division];
    execFileSync(command, rest, { stdio: ["ignore", "ignore", "inherit"] });
  }
  const lines = readFileSync(join(folder, "metrics.jsonl"), "utf8").trim().split("\n");
  const records = lines.map((text) => JSON.parse(text));
  return {
    ranks,
    losses: records.filter(({ type }) => type === "step").map(({ loss }) => loss),
    accuracy: records.findLast(({ type }) => type === "evaluation").evaluation.top1,
    weights: decodeSafetensors(readFileSync(join(folder, "model.safetensors"))).tensors,
  };
}

const largest = (values) => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

/** Relative differences of the losses, and the largest of a weight, relative to the largest of its tensor. */
function differences(one, other) {
  const weights = Object.entries(one.weights).map(([name, { data }]) => {
    const theirs = other.weights[name].data;
    return largest(Array.from(data, (value, index) => value - theirs[index])) / largest(Array.from(data));
  });
  return {
    losses: one.losses.map((loss, step) => Math.abs(other.losses[step] - loss) / loss),
    weights: largest(weights),
  };
}

mkdirSync(work, { recursive: true });
const one = trained(1);
console.log("| ranks | accuracy | loss, worst difference | weights, worst |\n|---:|---:|---:|---:|");
console.log(`| 1 | ${(100 * one.accuracy).toFixed(1)} % | | |`);
const line = (name, values, color) => ({
  name,
  points: values.map((value, step) => [step + 1, value]),
  style: "line",
  color,
});
const charts = [];
const apart = [];
for (const [index, ranks] of words.split(",").map(Number).entries()) {
  const other = trained(ranks);
  const { losses, weights } = differences(one, other);
  const figures = [largest(losses), weights].map((value) => value.toExponential(1));
  console.log(`| ${ranks} | ${(100 * other.accuracy).toFixed(1)} % | ${figures.join(" | ")} |`);
  charts.push({
    title: `Loss, ${ranks} ranks`,
    xLabel: "steps",
    yLabel: "loss",
    series: [line("1 rank", one.losses, 0), line(`${ranks} ranks`, other.losses, 1)],
    format: String,
  });
  apart.push(line(`${ranks} ranks`, losses, index % 2));
}
charts.push({
  title: "Relative difference from 1 rank",
  xLabel: "steps",
  yLabel: "difference",
  series: apart,
  format: (value) => (value === 0 ? "0" : value.toExponential(0)),
});
writeFileSync(join(work, "curves.svg"), svgFigure(`${training.join(" ")}, divided by ${division}`, charts));
