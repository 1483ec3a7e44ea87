// A training in PyTorch on batches that are piped in (conformance/golden/train_batches.py), for drills that compare.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { sizeOf } from "@alexnet/core";

const script = fileURLToPath(new URL("../../../conformance/golden/train_batches.py", import.meta.url));

const raw = ({ buffer, byteOffset, byteLength }) => Buffer.from(Buffer.from(buffer, byteOffset, byteLength));

/**
 * Feeds a training from a state, weights and velocities by name, and writes the state it ends with to a file. `plan` is what the script
 * asks for; `batches` gives `{ images, labels, learningRate }` for each step. Returns the losses.
 */
export async function train(python, plan, { weights, velocities }, batches) {
  const child = spawn(python, [script], { stdio: ["pipe", "pipe", "inherit"] });
  const ended = once(child, "close");
  const losses = [];
  createInterface({ input: child.stdout }).on("line", (line) => {
    losses.push(Number(line));
    process.stderr.write(`\r${plan.precision}: step ${plan.step + losses.length}, loss ${line.slice(0, 7)}   `);
  });
  const send = async (bytes) => {
    if (!child.stdin.write(bytes)) await once(child.stdin, "drain");
  };
  await send(`${JSON.stringify(plan)}\n`);
  for (const tensors of [weights, velocities]) {
    for (const { name } of plan.parameters) await send(raw(tensors[name].data));
  }
  for await (const { images, labels, learningRate } of batches) {
    // As single precision has it, which is what engines are fed.
    await send(raw(Float64Array.of(labels.length, Math.fround(learningRate))));
    await send(raw(labels));
    await send(raw(images.data));
  }
  child.stdin.end();
  const [code] = await ended;
  process.stderr.write("\n");
  if (code !== 0) throw new Error(`PyTorch's training ended with ${code}.`);
  return losses;
}

/** The weights and velocities a training ended with, in float64. */
export function readState(file, parameters) {
  const { buffer, byteOffset } = readFileSync(file);
  let at = byteOffset;
  const tensors = () =>
    Object.fromEntries(
      parameters.map(({ name, shape }) => {
        const from = at;
        at += sizeOf(shape) * Float64Array.BYTES_PER_ELEMENT;
        return [name, new Float64Array(buffer.slice(from, at))];
      }),
    );
  return { weights: tensors(), velocities: tensors() };
}

/** What a training came to, from its files where it was done before. */
export async function keptTraining(stem, parameters, run) {
  const [state, losses] = [`${stem}.f64`, `${stem}.json`];
  let kept = readIfThere(losses);
  if (kept === undefined) {
    kept = JSON.stringify(await run(state));
    writeFileSync(losses, kept);
  }
  return { ...readState(state, parameters), losses: JSON.parse(kept) };
}

function readIfThere(file) {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}
