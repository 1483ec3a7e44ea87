import type { AddCommand } from "../../program/context.js";
import { outputOptions } from "../../program/options.js";

export const addRecipes: AddCommand = (program, context) => {
  outputOptions(program.command("recipes").description("list the published trainings side by side")).action(
    async (flags: { readonly json?: boolean }) => {
      const { listRecipes } = await import("./list.js");
      listRecipes(context.terminal(), flags.json === true);
    },
  );
};
