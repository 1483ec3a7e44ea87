import { type Command, InvalidArgumentError, Option } from "commander";

/** A number as people type one. That it makes sense is for whoever uses it to check, in its own words. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`It must be a number.`);
  return value;
}

/** Numbers with commas between them. */
export function numbers(text: string): readonly number[] {
  return text.split(",").map(number);
}

/** The values of an option that may be given several times. */
export function repeated(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

/** What every command takes. */
export function outputOptions(command: Command): Command {
  return command.option("--json", "print JSON for programs instead of text for people");
}

/** The options that choose a backend. */
export function backendOptions(command: Command): Command {
  return command
    .option("--backend <name>", "what to compute with, see `alexnet backends` (default: the first available)")
    .option("--threads <n>", "threads to compute with", number);
}

/** The options that choose and find a dataset. */
export function datasetOptions(command: Command, byDefault: string): Command {
  return command
    .option("--dataset <name>", `sample, mnist, fashion-mnist or a folder of images (default: ${byDefault})`)
    .option("--data-dir <folder>", "where its files are (default: data/<dataset>)")
    .option("--download", "fetch what is missing of the dataset")
    .option("--mirror <url>", "fetch it from this folder; may be given again", repeated)
    .addOption(mostBad())
    .addOption(mostPixels());
}

/** How many pictures may be bad. */
export function mostBad(): Option {
  return new Option("--most-bad <n>", "pictures that cannot be read and are left out (default: 1 in 100)").argParser(
    number,
  );
}

/** How large a picture may be. */
export function mostPixels(): Option {
  return new Option("--most-pixels <n>", "of a picture; one of more cannot be read (default: 268 million)").argParser(
    number,
  );
}

/** The options that divide images in one place. */
export function divisionOptions(command: Command): Command {
  return command
    .option("--test-share <share>", "of images in one place, for testing (default: 0.2)", number)
    .option("--split-seed <n>", "decides which (default: 0)", number);
}

/** The options that say how pictures become what a model takes, but for what is taken off them. */
export function preparationOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--resize <mode>", "the whole picture, or its middle after the shorter side").choices([
        "stretch",
        "center-crop",
      ]),
    )
    .addOption(
      new Option("--range <brightest>", "what the brightest pixel becomes").choices(["1", "255"]).argParser(brightest),
    )
    .addOption(new Option("--channel-order <order>", "the order of the colors").choices(["rgb", "bgr"]))
    .option("--std <values>", "divides what is left of the pixels, one value a channel", numbers);
}

function brightest(text: string): number {
  if (text !== "1" && text !== "255") throw new InvalidArgumentError("Allowed choices are 1, 255.");
  return Number(text);
}

/** The options that decide how weights are updated. */
export function optimizerOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--optimizer <rule>", "SGD as in the paper or in PyTorch, Adam or AdamW").choices([
        "paper",
        "pytorch",
        "adam",
        "adamw",
      ]),
    )
    .option("--momentum <m>", "SGD: share of the last update that goes on", number)
    .option("--weight-decay <wd>", "pull of the weights towards 0", number);
}

/** The options that decide a training. None has a default here: models have recipes of their own. */
export function trainingOptions(command: Command): Command {
  return optimizerOptions(command)
    .option("--limit-train <n>", "use only the first n training images", number)
    .option("--limit-test <n>", "use only the first n test images", number)
    .option("--epochs <n>", "passes over the training set", number)
    .option("--batch-size <n>", "images a step", number)
    .option("--lr <rate>", "learning rate to start with", number)
    .addOption(
      new Option("--schedule <kind>", "how the learning rate changes").choices([
        "constant",
        "step",
        "polynomial",
        "cosine",
        "plateau",
      ]),
    )
    .option("--lr-factor <f>", "step, plateau: what the rate is multiplied by", number)
    .option("--lr-every <epochs>", "step: epochs between reductions", number)
    .option("--lr-power <p>", "polynomial: its power", number)
    .option("--lr-minimum <rate>", "cosine: what the rate falls to", number)
    .option("--warmup-steps <n>", "steps in which the rate rises to where it starts", number)
    .option("--lr-patience <epochs>", "plateau: epochs without progress it accepts", number)
    .option("--lr-reductions <n>", "plateau: reductions at most", number)
    .addOption(
      new Option("--monitor <figure>", "plateau, early stop: the test figure to look at").choices(["loss", "error"]),
    )
    .option("--early-stop <epochs>", "stop after more than so many epochs without progress", number)
    .option("--seed <n>", "decides weights, shuffling and dropout", number)
    .option("--input-size <pixels>", "height and width images are resized to", number)
    .option("--channels <n>", "color channels, 1 or 3", number)
    .option("--classes <n>", "number of classes", number);
}

/** Adds what `--help` shows after the options. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
