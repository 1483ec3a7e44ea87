import { Option } from "commander";
import type { AddCommand } from "../../program/context.js";
import { examples, outputOptions, pixels, whole } from "../../program/options.js";
import type { ExportFlags } from "./export.js";
import { exportFormats } from "./formats.js";

export const addExport: AddCommand = (program, context) => {
  const command = program
    .command("export")
    .argument(
      "<weights>",
      "a run folder, a file of weights, or torchvision/alexnet; for source alone also a model's name",
    )
    .description("write a trained model as a program: C99, PyTorch, TypeScript, ONNX, TensorFlow.js")
    .addOption(new Option("--format <format>", "what to write").choices(exportFormats).makeOptionMandatory())
    .option("--output <folder>", "where to write it (default: <model>-<format>)")
    .option("--model <name>", "the model, for a file that does not say")
    .option("--input-size <pixels>", "height and width of the images, for a file that does not say", pixels)
    .option("--batch-size <n>", "onnx: images at once", whole(1, 1_000_000), 1)
    .option("--download", "fetch published weights that were named and are not here")
    .action(async (weights: string, flags: ExportFlags) => {
      const { exportModel } = await import("./export.js");
      await exportModel(context, weights, flags);
    });
  outputOptions(command);
  examples(
    command,
    "alexnet export runs/first --format c",
    "alexnet export torchvision/alexnet --format c --output classify",
    "alexnet export alexnet-2012 --format pytorch",
  );
};
