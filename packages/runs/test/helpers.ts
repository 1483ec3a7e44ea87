import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { referenceBackend } from "@alexnet/backend-reference";
import { type Backend, type Dataset, defineModel, layers, lenet5, paperSgd, type TrainingEvent } from "@alexnet/core";
import { uniform } from "@alexnet/core/random";
import { onTestFinished } from "vitest";
import type { TrainRunOptions } from "../src/index.js";

/** A path at which nothing is; what comes there goes when the test ends. */
export async function newFolder(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "alexnet-runs-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  return join(parent, "run");
}

/** Images that are noise, with labels. */
export function noise(name: string, length: number, size = 8): Dataset {
  const pixels = size * size;
  const data = uniform({ seed: 1, purpose: name }, length * pixels);
  return {
    name,
    length,
    imageShape: [1, size, size],
    classNames: ["cat", "dog", "eel"],
    async batch(indices) {
      const chosen = Array.from(indices);
      const images = new Float32Array(chosen.length * pixels);
      for (const [row, index] of chosen.entries()) {
        images.set(data.subarray(index * pixels, (index + 1) * pixels), row * pixels);
      }
      return {
        images: { shape: [chosen.length, 1, size, size], data: images },
        labels: Int32Array.from(chosen, (index) => index % 3),
      };
    },
  };
}

const { conv2d, relu, flatten, dense, dropout } = layers;

/** With dropout, so that masks are part of what must be repeated. */
export const small = defineModel({
  name: "small",
  inputShape: [1, 8, 8],
  layers: [
    conv2d("conv1", { filters: 2, kernel: 3 }),
    relu("relu1"),
    flatten("flatten"),
    dropout("drop1"),
    dense("fc2", { units: 3 }),
  ],
});

/** A training of the zoo's smallest model: 2 epochs of 4 steps. */
export async function lenetTraining(): Promise<TrainRunOptions> {
  return {
    ...(await smallTraining()),
    model: lenet5({ classes: 3, inputSize: 16 }),
    training: noise("noise", 8, 16),
    validation: noise("test", 3, 16),
  };
}

/** 3 epochs of 4 steps. */
export async function smallTraining(): Promise<TrainRunOptions> {
  return {
    model: small,
    backend: await reference(),
    training: noise("noise", 8),
    validation: noise("test", 3),
    epochs: 3,
    batchSize: 2,
    seed: 5,
    optimizer: paperSgd,
    schedule: { kind: "plateau", learningRate: 0.05, factor: 0.5, patience: 0 },
  };
}

export async function reference(): Promise<Backend> {
  const backend = await referenceBackend();
  onTestFinished(() => backend.dispose());
  return backend;
}

export async function eventsOf(events: AsyncIterable<TrainingEvent>): Promise<readonly TrainingEvent[]> {
  const all: TrainingEvent[] = [];
  for await (const event of events) all.push(event);
  return all;
}

/** The tensors of a run: what it ended with and its newest checkpoint, byte for byte. */
export async function tensorsIn(directory: string): Promise<Readonly<Record<string, Buffer>>> {
  const newest = (await readdir(join(directory, "checkpoints"))).sort().at(-1) as string;
  const files = [
    "model.safetensors",
    ...["parameters", "velocities"].map((name) => join("checkpoints", newest, `${name}.safetensors`)),
  ];
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file, await readFile(join(directory, file))])),
  );
}
