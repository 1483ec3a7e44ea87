import type { AddCommand } from "../context.js";
import type { PredictFlags } from "../inference/predict.js";
import { backendOptions, examples, number, outputOptions } from "../options.js";

export const addPredict: AddCommand = (program, context) => {
  const command = program
    .command("predict")
    .argument("<image...>", "PNG, JPEG or other pictures")
    .description("tell what is in pictures: the five most likely classes of each")
    .option("--weights <path>", "a run folder or a .safetensors file (default: the newest run in runs)")
    .option("--model <name>", "the model, for a file that does not say")
    .option("--input-size <pixels>", "height and width of the images, for a file that does not say", number);
  backendOptions(command);
  outputOptions(command);
  command.action(async (images: readonly string[], flags: PredictFlags) => {
    const { predictImages } = await import("../inference/predict.js");
    await predictImages(context, images, flags);
  });
  examples(
    command,
    "alexnet predict sneaker.png",
    "alexnet predict one.png two.jpg --weights runs/lenet5-mnist-20261124-190000",
    "alexnet predict cat.jpg --weights cat.safetensors --model alexnet-caffe",
  );
};
