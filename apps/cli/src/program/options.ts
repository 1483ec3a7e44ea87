import { type Command, InvalidArgumentError, Option } from "commander";

/** A number as people type one. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError(`It must be a number.`);
  return value;
}

/** A number of things: whole, and in this range. */
export function whole(least = 1, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  const range =
    most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most.toLocaleString("en")}`;
  return (text) => {
    const value = number(text);
    if (Number.isSafeInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

/** A number above 0. */
export function positive(text: string): number {
  const value = number(text);
  if (value > 0) return value;
  throw new InvalidArgumentError("It must be a number above 0.");
}

/** A number of 0 or more. */
export function notNegative(text: string): number {
  const value = number(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError("It must be a number of 0 or more.");
}

/** A part of a whole, but not all of it. */
export function share(text: string): number {
  const value = number(text);
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("It must be a number of at least 0 and below 1.");
}

/** Height and width of images; weights of larger ones fit into no memory. */
export const pixels = whole(1, 16_384);

/** What is drawn from decides, and is a whole number of 0 or more. */
export const seed = whole(0);

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
    .option("--threads <n>", "threads to compute with", whole(1, 1024));
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
    whole(0),
  );
}

/** How large a picture may be. */
export function mostPixels(): Option {
  return new Option("--most-pixels <n>", "of a picture; one of more cannot be read (default: 268 million)").argParser(
    whole(),
  );
}

/** The options that divide images in one place. */
export function divisionOptions(command: Command): Command {
  return command
    .option("--test-share <share>", "of images in one place, for testing (default: 0.2)", share)
    .option("--split-seed <n>", "decides which (default: 0)", seed);
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
    .option("--momentum <m>", "SGD: share of the last update that goes on", share)
    .option("--weight-decay <wd>", "pull of the weights towards 0", notNegative);
}

/** The options that decide a training. None has a default here: models have recipes of their own. */
export function trainingOptions(command: Command): Command {
  return optimizerOptions(command)
    .option("--limit-train <n>", "use only the first n training images", whole())
    .option("--limit-test <n>", "use only the first n test images", whole())
    .option("--epochs <n>", "passes over the training set", whole())
    .option("--batch-size <n>", "images a step", whole(1, 1_000_000))
    .option("--lr <rate>", "learning rate to start with", positive)
    .addOption(
      new Option("--schedule <kind>", "how the learning rate changes").choices([
        "constant",
        "step",
        "polynomial",
        "cosine",
        "plateau",
      ]),
    )
    .option("--lr-factor <f>", "step, plateau: what the rate is multiplied by", positive)
    .option("--lr-every <epochs>", "step: epochs between reductions", positive)
    .option("--lr-power <p>", "polynomial: its power", positive)
    .option("--lr-minimum <rate>", "cosine: what the rate falls to", notNegative)
    .option("--warmup-steps <n>", "steps in which the rate rises to where it starts", whole(0))
    .option("--lr-patience <epochs>", "plateau: epochs without progress it accepts", whole(0))
    .option("--lr-reductions <n>", "plateau: reductions at most", whole(0))
    .addOption(
      new Option("--monitor <figure>", "plateau, early stop: the test figure to look at").choices(["loss", "error"]),
    )
    .option("--early-stop <epochs>", "stop after more than so many epochs without progress", whole(0))
    .option("--seed <n>", "decides weights, shuffling and dropout", seed)
    .option("--input-size <pixels>", "height and width images are resized to", pixels)
    .option("--channels <n>", "color channels, 1 or 3", whole(1, 1024))
    .option("--classes <n>", "number of classes", whole(1, 10_000_000));
}

/** Adds what `--help` shows after the options. */
export function examples(command: Command, ...lines: readonly string[]): Command {
  return command.addHelpText("after", `\nExamples:\n${lines.map((line) => `  ${line}`).join("\n")}`);
}
