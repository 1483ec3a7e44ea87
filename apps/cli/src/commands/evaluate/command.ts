import type { AddCommand } from "../../program/context.js";
import {
  backendOptions,
  datasetOptions,
  examples,
  outputOptions,
  pixels,
  repeated,
  whole,
} from "../../program/options.js";
import type { EvaluateFlags } from "./evaluate.js";

export const addEvaluate: AddCommand = (program, context) => {
  const command = program
    .command("evaluate")
    .argument("[weights]", "a run folder, a file of weights, or torchvision/alexnet (default: the newest run in runs)")
    .description("measure trained weights on a test set: loss, top-1, top-5 and which classes are confused")
    .option("--model <name>", "the model, for a file that does not say");
  datasetOptions(command, "what the weights were trained on");
  backendOptions(command);
  command
    .option("--ten-crop", "ten parts of each image, whose answers are averaged, as in the 2012 paper")
    .option("--ensemble <weights>", "average with these too; may be given again", repeated)
    .option("--report <folder>", "draw it there: confused classes, the worst images, the first filters")
    .option("--limit-test <n>", "use only the first n test images", whole())
    .option("--batch-size <n>", "images at once", whole(1, 1_000_000))
    .option("--input-size <pixels>", "height and width of the images, for a file that does not say", pixels);
  outputOptions(command);
  command.action(async (weights: string | undefined, flags: EvaluateFlags) => {
    const { evaluateWeights } = await import("./evaluate.js");
    await evaluateWeights(context, weights, flags);
  });
  examples(
    command,
    "alexnet evaluate",
    "alexnet evaluate runs/lenet5-mnist-20261124-190000",
    "alexnet evaluate lenet.safetensors --model lenet5 --dataset mnist --download",
  );
};
