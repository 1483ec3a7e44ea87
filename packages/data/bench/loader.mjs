// Images a second that a training gets from a folder of pictures, and what sharp alone makes of them:
//
//   node bench/loader.mjs <folder of pictures, in train/> [python with torch and torchvision]
//
// Each is done several times in turn, in one run; medians. Seconds of all cores are counted too, since threads decode.
import { execFileSync } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import sharp from "sharp";
import { imageDataset, imageFolder } from "../dist/index.js";

const [folder, python] = process.argv.slice(2);
const ROUNDS = 5;
const BATCH = 64;
const AHEAD = 2;

const source = await imageFolder(folder, { split: "train", testShare: 0 });
const count = source.labels.length;
const root = join(folder, "train");
const bytes = [];
for (const name of await readdir(root)) {
  for (const file of await readdir(join(root, name))) bytes.push(await readFile(join(root, name, file)));
}

/** Shorter side 256, a random part of 224, mirrored, mean and deviation: what torchvision's peer does. */
const how = {
  size: [224, 224],
  resizeMode: "center-crop",
  shorterSide: 256,
  cropFrom: [256, 256],
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
  augment: { seed: 1, mirror: true },
};

/** All pictures once, as a training asks for them: the next batches before the last is there. */
async function epochOf(workers, epoch) {
  const dataset = imageDataset(source, { ...how, workers });
  await dataset.batch([0], 0); // Threads start.
  const measured = await timed(async () => {
    const pending = [];
    for (let start = 0; start < count; start += BATCH) {
      const indices = Array.from({ length: Math.min(BATCH, count - start) }, (_, index) => start + index);
      pending.push(dataset.batch(indices, epoch));
      // As a training does: what it needs no more it gives back.
      if (pending.length > AHEAD) (await pending.shift()).release();
    }
    for (const batch of pending) (await batch).release();
  });
  await dataset.dispose();
  return measured;
}

/** sharp's own decoding and resizing, so many pictures at a time. */
async function sharpAlone(together) {
  return timed(async () => {
    let next = 0;
    const work = async () => {
      while (next < bytes.length) await sharp(bytes[next++]).resize(256, 256, { fit: "outside" }).raw().toBuffer();
    };
    await Promise.all(Array.from({ length: together }, work));
  });
}

async function timed(work) {
  const cpu = process.cpuUsage();
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { rate: count / seconds, perCore: (count * 1e6) / (user + system) };
}

function torch(workers, decoder) {
  const script = fileURLToPath(new URL("./torch_loader.py", import.meta.url));
  const words = [script, root, String(workers), String(BATCH), decoder];
  return JSON.parse(execFileSync(python, words, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }));
}

const contenders = {
  "sharp alone, 1": () => sharpAlone(1),
  "sharp alone, 4": () => sharpAlone(4),
  "here, 1 worker": (round) => epochOf(1, round),
  "here, 2 workers": (round) => epochOf(2, round),
  ...(python && {
    "torch, Pillow, 1 worker": () => torch(1, "pillow"),
    "torch, Pillow, 2 workers": () => torch(2, "pillow"),
    "torch, torchvision.io, 2": () => torch(2, "torchvision"),
  }),
};
const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]));
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, run] of Object.entries(contenders)) results[name].push(await run(round));
}
const median = (values) => values.toSorted((a, b) => a - b)[values.length >> 1];
console.log(`${count} pictures\nimages/s    per core`);
for (const [name, rounds] of Object.entries(results)) {
  const [rate, perCore] = ["rate", "perCore"].map((key) => median(rounds.map((one) => one[key])));
  console.log(`${rate.toFixed(0).padStart(8)} ${perCore.toFixed(0).padStart(11)}   ${name}`);
}
