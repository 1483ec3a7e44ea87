import type { AddCommand } from "../../program/context.js";
import {
  divisionOptions,
  examples,
  mostBad,
  mostPixels,
  outputOptions,
  pixels,
  seed,
  whole,
} from "../../program/options.js";
import type { InspectFlags } from "./inspect.js";
import type { PrepareFlags } from "./prepare.js";

export const addData: AddCommand = (program, context) => {
  const data = program.command("data").description("look at images of your own, and pack them for training");
  const inspect = data
    .command("inspect")
    .argument("<folder>", "the images, in any way that --dataset takes them")
    .description("count, measure and show images: classes, sizes, what cannot be read, mean, colors, a contact sheet")
    .option("--output <folder>", "where the pictures and the list go (default: <folder>-report)")
    .option("--limit <n>", "look at so many of each split, drawn at random", whole());
  outputOptions(divisionOptions(inspect)).action(async (folder: string, flags: InspectFlags) => {
    const { inspectData } = await import("./inspect.js");
    await inspectData(context, folder, flags);
  });
  examples(inspect, "alexnet data inspect my-images", "alexnet data inspect imagenet --limit 5000");
  const prepare = data
    .command("prepare")
    .argument("<folder>", "the pictures, in any way that --dataset takes them")
    .argument("<output>", "the folder of the shards; what was interrupted goes on")
    .description("pack pictures into WebDataset's tar archives: smaller, mixed, with their mean and colors")
    .option("--shorter-side <pixels>", "what the shorter side of larger pictures becomes (default: 256)", pixels)
    .option("--quality <q>", "of the JPEGs, 1 to 100 (default: 95)", whole(1, 100))
    .option("--shard-size <n>", "pictures in a shard (default: 1000)", whole(1, 1_000_000))
    .option("--seed <n>", "decides their order (default: 0)", seed)
    .addOption(mostBad())
    .addOption(mostPixels());
  outputOptions(divisionOptions(prepare)).action(async (folder: string, output: string, flags: PrepareFlags) => {
    const { prepareData } = await import("./prepare.js");
    await prepareData(context, folder, output, flags);
  });
  examples(prepare, "alexnet data prepare my-images shards", "alexnet train --recipe paper --dataset shards");
};
