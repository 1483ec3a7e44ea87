import { divisions } from "@alexnet/core/distributed";
import { InvalidArgumentError, Option } from "commander";
import type { AddCommand } from "../../program/context.js";
import {
  backendOptions,
  datasetOptions,
  examples,
  number,
  outputOptions,
  trainingOptions,
  whole,
} from "../../program/options.js";
import { checkpointInterval, seconds } from "./checkpoint-every.js";
import { imageOptions } from "./image-options.js";
import type { TrainFlags } from "./train.js";

export const addTrain: AddCommand = (program, context) => {
  const command = program
    .command("train")
    .description("train a model; Ctrl-C stops with a checkpoint, and --resume goes on from it")
    .option("--model <name>", "a name from `alexnet models` (default: the recipe's, or alexnet-d2l)")
    .option("--recipe <name>", "a name from `alexnet recipes` (default: the model's)");
  datasetOptions(command, "sample");
  backendOptions(command);
  trainingOptions(command);
  imageOptions(command);
  command
    .option("--towers <n>", "towers of alexnet-2012, 1 or 2", whole(1, 2))
    .option("--from <weights>", "start from these: a run folder, a file of weights, or torchvision/alexnet")
    .option("--freeze <layers>", "leave these as they are: features, conv1, conv*, … with commas between", words)
    .option("--lr-multiplier <layers>", "learning rates of their own: fc8=10,conv*=0.1", multipliers)
    .option("--checkpoint-every <time>", "500steps, 10min, 2epochs (default: 1epoch,10min)", checkpointInterval)
    .option("--max-steps <n>", "stop after so many steps over all, in the middle of an epoch too", whole())
    .option("--max-time <time>", "stop when it has taken so long: 8h, 45min, 90s", seconds)
    .option("--evaluate-every <n>", "epochs between evaluations (default: 1)", whole())
    .option(
      "--weights-every <time>",
      "tell how weights change: 500steps, 2epochs (default: 1epoch)",
      checkpointInterval,
    )
    .option("--tensorboard", "write event files for TensorBoard into the run folder")
    .option("--keep <n>", "newest checkpoints that stay, beside the best (default: 2)", whole())
    .option("--run-dir <folder>", "where everything goes (default: runs/<model>-<dataset>-<time>)")
    .option("--resume <folder>", "go on with the training in this run folder")
    .addOption(
      new Option("--divide <what>", "under mpirun: what its ranks divide among them (default: data)").choices(
        divisions,
      ),
    )
    .option("--device-per-rank", "under mpirun: give each rank of a machine a CUDA device of its own")
    .option("--quiet", "print nothing but the outcome");
  outputOptions(command);
  command.action(async (flags: TrainFlags) => {
    await context.apart(new URL("./train.js", import.meta.url), "train", flags);
  });
  examples(
    command,
    "alexnet train",
    "alexnet train --input-size 67 --lr 0.02 --epochs 12",
    "alexnet train --model lenet5 --dataset mnist --download",
    "alexnet train --recipe paper --dataset my-images",
    "alexnet train --from a.pth --freeze features --dataset my-images",
    "alexnet train --resume runs/lenet5-mnist-20261124-190000 --epochs 20",
    "mpirun -n 2 npx alexnet train --dataset my-images",
    "",
    "What is not given comes from the recipe the model was published with.",
  );
};

/** Words with commas between them. */
function words(text: string): readonly string[] {
  return text.split(",").map((word) => word.trim());
}

/** `fc8=10,conv*=0.1`. */
function multipliers(text: string): Readonly<Record<string, number>> {
  const entries = words(text).map((part) => {
    const [, layers, factor] = /^(.+)=([^=]+)$/.exec(part) ?? [];
    if (layers === undefined || factor === undefined)
      throw new InvalidArgumentError("It must be like fc8=10,conv*=0.1.");
    return [layers, number(factor)] as const;
  });
  return Object.fromEntries(entries);
}
