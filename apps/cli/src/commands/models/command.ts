import type { AddCommand } from "../../program/context.js";
import { examples, outputOptions } from "../../program/options.js";

export const addModels: AddCommand = (program, context) => {
  const command = program
    .command("models")
    .description("list the models that can be summarized, compared and trained")
    .action(async (options: { readonly json?: boolean }) => {
      const { listModels, modelsTable } = await import("./list.js");
      const models = listModels();
      context.terminal().print(options.json ? JSON.stringify(models, undefined, 2) : modelsTable(models));
    });
  outputOptions(command);
  examples(command, "alexnet models", "alexnet summary alexnet-2012");
};
