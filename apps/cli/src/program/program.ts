import { Command } from "commander";
import { addBackends } from "../commands/backends/command.js";
import { addBench } from "../commands/bench/command.js";
import { addCompare } from "../commands/compare/command.js";
import { addConformance } from "../commands/conformance/command.js";
import { addConvert } from "../commands/convert/command.js";
import { addData } from "../commands/data/command.js";
import { addEvaluate } from "../commands/evaluate/command.js";
import { addExport } from "../commands/export/command.js";
import { addInspect } from "../commands/inspect/command.js";
import { addModels } from "../commands/models/command.js";
import { addPredict } from "../commands/predict/command.js";
import { addPull } from "../commands/pull/command.js";
import { addRecipes } from "../commands/recipes/command.js";
import { addSummary } from "../commands/summary/command.js";
import { addTrain } from "../commands/train/command.js";
import type { Context } from "./context.js";
import { version } from "./version.js";

/** The commands that the ranks of a job do together. */
const together: ReadonlySet<string> = new Set(["train", "evaluate"]);

/** The whole command line. It throws in place of ending the process. */
export function createProgram(context: Context): Command {
  const program = new Command("alexnet")
    .description("AlexNet on the command line: look at it, train it, evaluate it, ask it.")
    .version(version)
    .option("--no-color", "print without colors (so does NO_COLOR in the environment)")
    .option("--debug", "show where an error came from")
    .configureHelp({ showGlobalOptions: true })
    // The terminal knows what to do when nobody reads on.
    .configureOutput({
      writeOut: (text) => context.terminal().print(text.replace(/\n$/, "")),
      writeErr: (text) => context.terminal().note(text.replace(/\n$/, "")),
    })
    .showHelpAfterError(false)
    .exitOverride();
  program.hook("preAction", async (_, action) => {
    const words = wordsOf(action);
    if (together.has(words)) return;
    const { checkIsAlone } = await import("../choices/ranks.js");
    await checkIsAlone(words);
  });
  for (const add of [
    addModels,
    addRecipes,
    addSummary,
    addCompare,
    addBackends,
    addData,
    addTrain,
    addEvaluate,
    addPredict,
    addPull,
    addInspect,
    addConvert,
    addExport,
    addConformance,
    addBench,
  ]) {
    add(program, context);
  }
  return program;
}

/** What is typed for a command after the program's name: `data prepare`. */
function wordsOf(command: Command): string {
  const { parent } = command;
  return parent?.parent ? `${wordsOf(parent)} ${command.name()}` : command.name();
}
