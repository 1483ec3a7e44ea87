import { type Command, InvalidArgumentError, Option } from "commander";
import { number, numbers } from "../../program/options.js";

/** The options that decide what is made of pictures. None has a default here: recipes have their own. */
export function imageOptions(command: Command): Command {
  return command
    .option("--test-share <share>", "of images in one place, for testing (default: 0.2)", number)
    .option("--split-seed <n>", "decides which (default: 0)", number)
    .addOption(new Option("--resize <mode>", "how pictures become square").choices(["stretch", "center-crop"]))
    .option("--shorter-side <pixels>", "center-crop: what the shorter side becomes", number)
    .option("--crop-from <pixels>", "side of the square that parts are taken from; 0: none", number)
    .option("--resized-crop <least,most>", "parts with such shares of a picture's area, or none", shares)
    .option("--mirror-images", "mirror every other image, at random")
    .option("--no-mirror-images", "mirror none")
    .option("--color-noise <deviation>", "noise along the colors' principal components; 0: none", number)
    .option("--mean <what>", "taken off: image or color of the training set, none, or numbers", meanOf)
    .option("--std <numbers>", "what pixels are divided by then, one a channel", numbers)
    .addOption(new Option("--range <n>", "what white is before that").choices(["1", "255"]).argParser(number))
    .addOption(new Option("--channel-order <order>", "of three colors").choices(["rgb", "bgr"]));
}

function shares(text: string): "none" | readonly number[] {
  if (text === "none") return text;
  const values = numbers(text);
  if (values.length !== 2) throw new InvalidArgumentError("It must be like 0.08,1, or none.");
  return values;
}

function meanOf(text: string): "image" | "color" | "none" | readonly number[] {
  return text === "image" || text === "color" || text === "none" ? text : numbers(text);
}
