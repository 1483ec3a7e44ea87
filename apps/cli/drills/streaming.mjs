// A training on 100,000 pictures in shards, through the real path: how memory goes, and whether it comes to the same bits when it is
// killed at random moments and resumed each time.
//
//   node drills/streaming.mjs <work folder> [pictures] [kills]
//
// Prints what came out as JSON; memory.svg in the work folder shows the resident memory of the uninterrupted training.
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { svgFigure } from "../dist/drawing/svg/figure.js";
import { memoryInto, run } from "./program.mjs";

const [work, pictures = "100000", kills = "5"] = process.argv.slice(2);
const require = createRequire(new URL("../../../packages/data/package.json", import.meta.url));
const CLASSES = 10;
const PER_SHARD = 5000;

/** Noise of a color for each class, in WebDataset's archives. */
async function makeShards(folder, count) {
  const { Header } = require("tar");
  const sharp = require("sharp");
  const kinds = await Promise.all(
    Array.from({ length: 64 }, (_, kind) => {
      const side = 40 + (kind % 9);
      const color = (kind % CLASSES) * 20;
      const data = Uint8Array.from({ length: side * side * 3 }, (_, at) => color + ((at * 31 + kind * 17) % 60));
      return sharp(data, { raw: { width: side, height: side, channels: 3 } })
        .jpeg()
        .toBuffer();
    }),
  );
  mkdirSync(folder, { recursive: true });
  for (let first = 0, shard = 0; first < count; first += PER_SHARD, shard++) {
    const parts = [];
    const add = (path, content) => {
      const header = new Header({ path, size: content.length, mode: 0o644, mtime: new Date(0), type: "File" });
      header.encode();
      parts.push(header.block, content, Buffer.alloc((512 - (content.length % 512)) % 512));
    };
    for (let index = first; index < Math.min(first + PER_SHARD, count); index++) {
      const kind = (index * 7919) % kinds.length;
      add(`${index}.jpg`, kinds[kind]);
      add(`${index}.cls`, Buffer.from(String(kind % CLASSES)));
    }
    writeFileSync(
      join(folder, `train-${String(shard).padStart(6, "0")}.tar`),
      Buffer.concat([...parts, Buffer.alloc(1024)]),
    );
  }
}

const WORDS = ["--model", "lenet5", "--dataset", join(work, "shards"), "--input-size", "28", "--batch-size", "128"];
const RUN = [
  "--epochs",
  "1",
  "--test-share",
  "0.02",
  "--checkpoint-every",
  "100steps",
  "--backend",
  "onnx:cpu",
  "--quiet",
];

/** A training that is killed after so many seconds, if it has not ended by then, and its memory. */
async function sampled(words, killAfter) {
  const samples = [];
  const end = await run(["train", ...words], { watch: memoryInto(samples), killAfter: killAfter && killAfter * 1000 });
  return { ...end, samples };
}

function digestOf(runFolder) {
  const checkpoints = join(runFolder, "checkpoints");
  const last = readdirSync(checkpoints).sort().at(-1);
  const hash = createHash("sha256");
  for (const name of ["parameters.safetensors", "velocities.safetensors", "state.json"]) {
    try {
      const bytes = readFileSync(join(checkpoints, last, name));
      // How long epochs took is no result.
      hash.update(name === "state.json" ? String(bytes).replace(/"seconds": [^,\n]+/, "") : bytes);
    } catch {
      // Plain descent keeps no velocities.
    }
  }
  return `${last} ${hash.digest("hex").slice(0, 16)}`;
}

rmSync(work, { recursive: true, force: true });
await makeShards(join(work, "shards"), Number(pictures));
const whole = await sampled([...WORDS, ...RUN, "--run-dir", join(work, "whole")]);
if (whole.code !== 0) throw new Error(whole.output);
const half = whole.samples.slice(whole.samples.length >> 1).map(([, mib]) => mib);
const quarter = whole.samples.slice(whole.samples.length >> 2, whole.samples.length >> 1).map(([, mib]) => mib);
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const chart = {
  title: "Resident memory",
  xLabel: "seconds",
  yLabel: "MiB",
  series: [{ name: "training", points: whole.samples, style: "line", color: 0 }],
  format: String,
};
writeFileSync(join(work, "memory.svg"), svgFigure(`${pictures} pictures in shards, one epoch`, [chart]));

const parts = join(work, "parts");
const moments = [];
let outcome = { signal: "SIGKILL" };
for (let kill = 0; kill < Number(kills); kill++) {
  const after = 2 + Math.random() * (whole.seconds / Number(kills));
  const words =
    kill === 0 || !readdirSync(work).includes("parts")
      ? [...WORDS, ...RUN, "--run-dir", parts]
      : ["--resume", parts, "--quiet"];
  outcome = await sampled(words, after);
  moments.push({
    seconds: Number(after.toFixed(1)),
    signal: outcome.signal,
    code: outcome.code,
    output: outcome.code ? outcome.output : "",
  });
}
if (outcome.signal !== null) outcome = await sampled(["--resume", parts, "--quiet"]);
console.log(
  JSON.stringify(
    {
      pictures: Number(pictures),
      seconds: Number(whole.seconds.toFixed(1)),
      memoryMiB: {
        secondQuarter: Math.round(mean(quarter)),
        secondHalf: Math.round(mean(half)),
        most: Math.round(Math.max(...half)),
      },
      kills: moments,
      end: outcome.code,
      whole: digestOf(join(work, "whole")),
      parts: digestOf(parts),
      same: digestOf(join(work, "whole")) === digestOf(parts),
    },
    undefined,
    2,
  ),
);
