import type { AddCommand } from "../../program/context.js";
import { examples, outputOptions, pixels, whole } from "../../program/options.js";

interface SummaryFlags {
  readonly towers?: number;
  readonly classes?: number;
  readonly channels?: number;
  readonly inputSize?: number;
  readonly batch: number;
  readonly json?: boolean;
}

export const addSummary: AddCommand = (program, context) => {
  const command = program
    .command("summary")
    .argument("<model>", "a name from `alexnet models`")
    .description("show a model layer by layer: shapes, parameters, multiply-adds")
    .option("--towers <n>", "towers of alexnet-2012, 1 or 2", whole(1, 2))
    .option("--classes <n>", "number of classes", whole(1, 10_000_000))
    .option("--channels <n>", "color channels of the images", whole(1, 1024))
    .option("--input-size <pixels>", "height and width of the images", pixels)
    .option("--batch <n>", "images at once", whole(1, 1_000_000), 1)
    .action(async (name: string, flags: SummaryFlags) => {
      const { formatSummary, summarize } = await import("@alexnet/core");
      const { createModel, zooEntry } = await import("../../choices/zoo.js");
      const { modelOptions } = await import("../../choices/model-options.js");
      const summary = summarize(createModel(zooEntry(name), modelOptions(flags)), flags.batch);
      context.terminal().print(flags.json ? JSON.stringify(summary, undefined, 2) : formatSummary(summary));
    });
  outputOptions(command);
  examples(
    command,
    "alexnet summary alexnet-2012",
    "alexnet summary alexnet-2012 --towers 1",
    "alexnet summary alexnet-d2l --classes 100 --channels 3 --batch 128",
  );
};
