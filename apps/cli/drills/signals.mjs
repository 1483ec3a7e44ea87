// How soon a training answers Ctrl-C, and how soon it has ended, on each engine and for small and large batches.
//
//   node drills/signals.mjs <work folder> [engines: onnx:cpu,tfjs:node,tfjs:wasm,tfjs:cpu,gpujs:webasm,gpujs:cpu] [batches: 25,128,250] [flags]
//
// Engines that take minutes for a step of the default model take a smaller one: the flags go to the training, `--model lenet5`.
// The signal comes in the middle of the second step. Prints a table of milliseconds; "step" is how long the first step took.
import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./program.mjs";

const every = "onnx:cpu,tfjs:node,tfjs:wasm,tfjs:cpu,gpujs:webasm,gpujs:cpu";
const [work, engines = every, batches = "25,128,250", ...flags] = process.argv.slice(2);

async function interrupted(engine, batch) {
  const folder = join(work, `${engine.replace(":", "-")}-${batch}`);
  let [out, err, sent, answered] = ["", "", 0, 0];
  let step;
  const watch = (child) => {
    child.stdout.on("data", (text) => {
      out += text;
      const first = /"type":"step","step":1,.*?"seconds":([\d.e-]+)/.exec(out);
      if (!first || step !== undefined) return;
      step = Number(first[1]) * 1000;
      setTimeout(() => {
        sent = performance.now();
        child.kill("SIGINT");
      }, step / 2);
    });
    child.stderr.on("data", (text) => {
      err += text;
      if (sent > 0 && answered === 0 && err.includes("Stopping")) answered = performance.now();
    });
  };
  const words = ["train", "--backend", engine, "--batch-size", batch, "--run-dir", folder, "--json", ...flags];
  const { code } = await run(words, { watch });
  const ended = performance.now();
  rmSync(folder, { recursive: true, force: true });
  if (sent === 0) return `| ${engine} | ${batch} | | | | ${err.trim().split("\n").at(-1)} |`;
  const figures = [step, answered - sent, ended - sent].map((value) => value.toFixed(0));
  return `| ${engine} | ${batch} | ${figures.join(" | ")} | ${code} |`;
}

mkdirSync(work, { recursive: true });
console.log("| engine | batch | step | answered | ended | code |\n|---|---:|---:|---:|---:|---:|");
for (const engine of engines.split(",")) {
  for (const batch of batches.split(",")) console.log(await interrupted(engine, batch));
}
