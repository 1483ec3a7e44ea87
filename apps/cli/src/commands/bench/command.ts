import type { AddCommand } from "../../program/context.js";
import { examples, optimizerOptions, outputOptions, pixels, whole } from "../../program/options.js";
import type { BenchFlags } from "./run.js";

export const addBench: AddCommand = (program, context) => {
  const command = program
    .command("bench")
    .description("time models on backends and their peers, in turns on one machine")
    .option("--model <name...>", "names from `alexnet models` (default: alexnet-d2l)")
    .option("--batch-size <n...>", "images a step (default: 32)", numbersOf)
    .option("--work <kind...>", "training, inference (default: both)")
    .option("--backend <name...>", "the backends to time, see `alexnet backends` (default: onnx:cpu)")
    .option("--peer <name...>", "others to time beside them: torch, tfjs-layers, onnxruntime")
    .option("--baseline <name>", "whom to compare with (default: the first peer)")
    .option("--threads <n>", "threads of each (default: one per core)", whole(1, 1024))
    .option("--input-size <pixels>", "height and width of the images", pixels)
    .option("--ops", "also tell how long each operation takes the backends")
    .option("--rounds <n>", "turns of each contender (default: 7)", whole())
    .option("--svg <file>", "draw the results there")
    .option("--setup-peers", "first make the virtual environment that PyTorch needs");
  optimizerOptions(command);
  outputOptions(command);
  command.action(async (flags: BenchFlags) => {
    const { runBench } = await import("./run.js");
    await runBench(context, flags);
  });
  examples(
    command,
    "alexnet bench --work inference --batch-size 1 32",
    "alexnet bench --backend onnx:cpu tfjs:node --peer torch --setup-peers",
    "alexnet bench --ops --work training --rounds 1",
    "alexnet bench --model alexnet-2012 --batch-size 128 --momentum 0.9",
  );
};

const batch = whole(1, 1_000_000);

function numbersOf(text: string, before: readonly number[] = []): readonly number[] {
  return [...before, batch(text)];
}
