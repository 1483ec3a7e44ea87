import type { AddCommand } from "../../program/context.js";
import { examples, outputOptions, positive } from "../../program/options.js";
import type { ConformanceFlags } from "./run.js";

export const addConformance: AddCommand = (program, context) => {
  const command = program
    .command("conformance")
    .description("check that backends compute what the others do; all that are available here unless one is named")
    .option("--backend <name...>", "the backends to check, see `alexnet backends`")
    .option("--level <levels>", "1 lifecycle, 2 operations, 3 gradients, 4 shapes, 5 models, 6 training: `1-3`, `2,5`")
    .option("--most-work <n>", "leave out checks of more multiply-adds than this", positive)
    .option("--report <folder>", "write report.html, report.md and report.json there")
    .option("--quiet", "print nothing but failures and the outcome");
  outputOptions(command);
  command.action(async (flags: ConformanceFlags) => {
    const { checkConformance } = await import("./run.js");
    await checkConformance(context, flags);
  });
  examples(
    command,
    "alexnet conformance",
    "alexnet conformance --backend onnx:cpu --level 1-5",
    "alexnet conformance --backend reference --most-work 1e8 --report report",
  );
};
