import type { AddCommand } from "../../program/context.js";
import { backendOptions, datasetOptions, examples, outputOptions, trainingOptions } from "../../program/options.js";
import type { CompareFlags } from "./flags.js";

export const addCompare: AddCommand = (program, context) => {
  const command = program
    .command("compare")
    .argument("<model>", "a name from `alexnet models`")
    .argument("<other>", "another one")
    .description("set two models side by side, and with --train let them learn the same data")
    .option("--train", "train both and compare how they do");
  datasetOptions(command, "sample");
  backendOptions(command);
  trainingOptions(command);
  command
    .option("--run-dir <folder>", "where everything goes (default: runs/<model>-vs-<other>-<dataset>-<time>)")
    .option("--quiet", "print nothing but the outcome");
  outputOptions(command);
  command.action(async (first: string, second: string, flags: CompareFlags) => {
    await context.apart(new URL("./compare.js", import.meta.url), "compare", [first, second], flags);
  });
  examples(
    command,
    "alexnet compare alexnet-d2l lenet5",
    "alexnet compare alexnet-2012 alexnet-torchvision --json",
    "alexnet compare alexnet-d2l lenet5 --train",
    "",
    "What is not given comes from each model's own recipe, its input size too.",
  );
};
