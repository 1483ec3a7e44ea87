import type { AddCommand } from "../../program/context.js";
import { examples, outputOptions } from "../../program/options.js";

export const addBackends: AddCommand = (program, context) => {
  const command = program
    .command("backends")
    .description("show which engines and devices are available here, and why others are not")
    .action(async (options: { readonly json?: boolean }) => {
      const { backendsText, probeBackends } = await import("./report.js");
      const probes = await probeBackends();
      context.terminal().print(options.json ? JSON.stringify(probes, undefined, 2) : backendsText(probes));
    });
  outputOptions(command);
  examples(command, "alexnet backends", "alexnet train --backend onnx:cpu --threads 2");
};
