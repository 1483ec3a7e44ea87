import type { AddCommand } from "../../program/context.js";
import { examples, outputOptions } from "../../program/options.js";

export const addInspect: AddCommand = (program, context) => {
  const command = program
    .command("inspect")
    .argument("<file>", "weights of this program, PyTorch, ONNX, Caffe, TensorFlow.js or NumPy, or a run folder")
    .description("look into a file of weights: tensors, ranges, what is broken, whose it is")
    .option("--prototxt <file>", "the deploy.prototxt of a .caffemodel that does not tell its image size")
    .action(async (file: string, flags: { readonly prototxt?: string; readonly json?: boolean }) => {
      const { inspectFile } = await import("./inspect.js");
      const { inspectionText } = await import("./text.js");
      const { locationOf } = await import("../../choices/pretrained.js");
      const location = await locationOf(file, false, context);
      if (location === undefined) return;
      const inspection = await inspectFile(location, flags);
      const terminal = context.terminal();
      terminal.print(
        flags.json ? JSON.stringify(inspection, undefined, 2) : inspectionText(inspection, terminal.colors),
      );
    });
  outputOptions(command);
  examples(command, "alexnet inspect alexnet-owt-7be5be79.pth", "alexnet inspect runs/first/model.safetensors --json");
};
