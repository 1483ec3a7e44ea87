import { Option } from "commander";
import type { AddCommand } from "../../program/context.js";
import {
  backendOptions,
  examples,
  mostPixels,
  numbers,
  outputOptions,
  pixels,
  preparationOptions,
} from "../../program/options.js";
import type { PredictFlags } from "./predict.js";
import { presetNames } from "./preset-names.js";

export const addPredict: AddCommand = (program, context) => {
  const command = program
    .command("predict")
    .argument("<image...>", "PNG, JPEG or other pictures")
    .description("tell what is in pictures: the five most likely classes of each")
    .option(
      "--weights <path>",
      "a run folder, a file of weights, or torchvision/alexnet (default: the newest run in runs)",
    )
    .option("--download", "fetch published weights that were named and are not here")
    .option("--model <name>", "the model, for a file that does not say")
    .option("--input-size <pixels>", "height and width of the images, for a file that does not say", pixels);
  command.addOption(
    new Option("--preprocessing <way>", "how pictures are prepared, for a file that does not say").choices(presetNames),
  );
  preparationOptions(command);
  command.option("--mean <values>", "taken off the pixels, one value a channel: 0.485,0.456,0.406", numbers);
  command.option("--invert", "light becomes dark and dark light: for ink on paper, where MNIST is light on black");
  command.addOption(mostPixels());
  backendOptions(command);
  outputOptions(command);
  command.action(async (images: readonly string[], flags: PredictFlags) => {
    const { predictImages } = await import("./predict.js");
    await predictImages(context, images, flags);
  });
  examples(
    command,
    "alexnet predict sneaker.png",
    "alexnet predict one.png two.jpg --weights runs/lenet5-mnist-20261124-190000",
    "alexnet predict cat.jpg --weights alexnet-owt-7be5be79.pth",
    "alexnet predict cat.jpg --weights torchvision/alexnet --download",
  );
};
