import type { AddCommand } from "../../program/context.js";
import { examples, outputOptions, repeated } from "../../program/options.js";
import type { PullFlags } from "./pull.js";

export const addPull: AddCommand = (program, context) => {
  const command = program
    .command("pull")
    .argument("[name]", "published weights, such as torchvision/alexnet; without it, those that there are are listed")
    .description("fetch published weights into a cache, held to their SHA-256")
    .option("--cache-dir <folder>", "where to keep them (default: weights in the user's cache, or ALEXNET_CACHE_DIR)")
    .option("--mirror <url>", "fetch them from this folder; may be given again", repeated)
    .action(async (name: string | undefined, flags: PullFlags) => {
      const { listPublished, pullByName } = await import("./pull.js");
      if (name === undefined) listPublished(context, flags);
      else await pullByName(context, name, flags);
    });
  outputOptions(command);
  examples(
    command,
    "alexnet pull",
    "alexnet pull torchvision/alexnet",
    "alexnet predict cat.jpg --weights torchvision/alexnet",
  );
};
