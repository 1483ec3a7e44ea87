import { type ImageRecipe, isAdam, type Recipe, recipes, type Schedule } from "@alexnet/core";
import type { Terminal } from "../../program/terminal.js";
import { table } from "../../text/table.js";

/** Columns that a recipe takes, and its name for each row. */
const COLUMN = 24;
const NAMES = 15;

/** Prints the recipes side by side, as many as the terminal has room for, or all of them as JSON. */
export function listRecipes(terminal: Terminal, json: boolean): void {
  if (json) {
    terminal.print(JSON.stringify(recipes, undefined, 2));
    return;
  }
  const together = Math.max(1, Math.floor((terminal.columns() - NAMES) / COLUMN));
  for (let first = 0; first < recipes.length; first += together) {
    const shown = recipes.slice(first, first + together);
    const rows = FACTS.map(([name, of]) => [name, ...shown.map(of)]);
    terminal.print(table([{ title: "" }, ...shown.map(({ name }) => ({ title: name }))], rows));
    terminal.print("");
  }
  terminal.print("What is not given with --recipe <name> comes from it: alexnet train --help");
}

const FACTS: readonly (readonly [name: string, of: (recipe: Recipe) => string])[] = [
  ["model", ({ model }) => model],
  ["epochs", ({ training }) => String(training.epochs)],
  ["batch", ({ training }) => String(training.batchSize)],
  ["learning rate", ({ training }) => String(training.schedule.learningRate)],
  ["schedule", ({ training }) => inShort(training.schedule)],
  ["momentum", ({ training: { optimizer } }) => (isAdam(optimizer) ? "Adam" : momentumOf(optimizer))],
  ["weight decay", ({ training }) => String(training.optimizer.weightDecay)],
  [
    "biases",
    ({ biases }) => (biases ? `rate x ${biases.learningRate}, decay x ${biases.weightDecay}` : "as the model's"),
  ],
  ["resized to", ({ images }) => resizedTo(images)],
  ["parts", ({ images }) => partsOf(images)],
  ["mirrored", ({ images }) => (images.variation?.mirror ? "every other" : "none")],
  ["color noise", ({ images }) => String(images.colorNoise ?? "none")],
  ["pixels", ({ images: { preprocessing: p } }) => `0 to ${p.range ?? 1}, ${(p.channelOrder ?? "rgb").toUpperCase()}`],
  ["taken off", ({ images }) => takenOff(images)],
  ["final test", ({ images }) => images.views ?? "middle"],
];

function momentumOf({ momentum, convention }: { readonly momentum: number; readonly convention: string }): string {
  return momentum === 0 ? "none" : `${momentum} (${convention})`;
}

function inShort(schedule: Schedule): string {
  switch (schedule.kind) {
    case "step":
      return `x ${Number(schedule.factor.toPrecision(3))} every ${schedule.every}`;
    case "plateau":
      return `x ${schedule.factor} on plateaus`;
    default:
      return schedule.kind;
  }
}

function resizedTo({ preprocessing: { resizeMode, shorterSide, cropFrom } }: ImageRecipe): string {
  if (resizeMode === "center-crop") return `shorter side ${shorterSide ?? "256/224 of it"}`;
  return cropFrom ? `${cropFrom[0]} x ${cropFrom[1]}` : "the model's size";
}

function partsOf({ preprocessing: { cropFrom }, variation }: ImageRecipe): string {
  if (variation?.resizedCrop) return `${variation.resizedCrop.scale.join(" to ")} of the area`;
  return cropFrom ? `any of ${cropFrom[0]} x ${cropFrom[1]}` : "all of it";
}

function takenOff({ subtract, preprocessing: { mean, std } }: ImageRecipe): string {
  if (subtract) return subtract.replace("-", " ");
  return mean ? `mean color${std ? ", / deviation" : ""}` : "nothing";
}
