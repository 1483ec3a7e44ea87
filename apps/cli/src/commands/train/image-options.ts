import { type Command, InvalidArgumentError } from "commander";
import { divisionOptions, notNegative, numbers, pixels, preparationOptions, whole } from "../../program/options.js";

/** The options that decide what is made of pictures. None has a default here: recipes have their own. */
export function imageOptions(command: Command): Command {
  divisionOptions(command);
  return preparationOptions(command)
    .option("--shorter-side <pixels>", "center-crop: what the shorter side becomes", pixels)
    .option("--crop-from <pixels>", "side of the square that parts are taken from; 0: none", whole(0, 16_384))
    .option("--resized-crop <least,most>", "parts with such shares of a picture's area, or none", shares)
    .option("--mirror-images", "mirror every other image, at random")
    .option("--no-mirror-images", "mirror none")
    .option("--color-noise <deviation>", "noise along the colors' principal components; 0: none", notNegative)
    .option("--mean <what>", "taken off: image or color of the training set, none, or numbers", meanOf);
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
