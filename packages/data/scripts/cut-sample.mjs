// Cuts the embedded sample from the sprite of the Fashion-MNIST repository (doc/img/fashion-mnist-sprite.png):
//
//   node scripts/cut-sample.mjs path/to/sprite.png
//
// The sprite is 30 x 30 images of 28 x 28 pixels, 3 rows to a class, classes 0-9 from the top. The first 75 images of
// each class are for training, the last 15 for testing. The classes take turns, so that the first so many images hold
// all of them. Writes IDX files to assets/fashion-mnist-sample.

import { mkdir, writeFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import sharp from "sharp";

const classes = 10;
const side = 28;
const perRow = 30;
const perClass = 90;
const trainingPerClass = 75;

const path = process.argv[2];
if (path === undefined) {
  throw new Error("Usage: node scripts/cut-sample.mjs path/to/sprite.png");
}
const { data, info } = await sharp(path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
if (info.width !== perRow * side || info.height !== perRow * side) {
  throw new Error(
    `${path} is ${info.width} x ${info.height} pixels; the sprite is ${perRow * side} x ${perRow * side}.`,
  );
}

const directory = new URL("../assets/fashion-mnist-sample/", import.meta.url);
await mkdir(directory, { recursive: true });
await write("train", 0, trainingPerClass);
await write("t10k", trainingPerClass, perClass);

/** Writes images `from` to `to` of every class, one of each class at a time. */
async function write(prefix, from, to) {
  const images = [];
  const labels = [];
  for (let index = from; index < to; index++) {
    for (let label = 0; label < classes; label++) {
      images.push(image(label * perClass + index));
      labels.push(label);
    }
  }
  await writeIdx(`${prefix}-images-idx3-ubyte.gz`, [images.length, side, side], Buffer.concat(images));
  await writeIdx(`${prefix}-labels-idx1-ubyte.gz`, [labels.length], Buffer.from(labels));
}

/** The pixels of the sprite's image at this position, row by row from the top left. */
function image(position) {
  const top = Math.floor(position / perRow) * side;
  const left = (position % perRow) * side;
  return Buffer.from(
    Array.from({ length: side * side }, (_, pixel) => {
      const y = top + Math.floor(pixel / side);
      const x = left + (pixel % side);
      return data[(y * info.width + x) * info.channels];
    }),
  );
}

async function writeIdx(name, shape, pixels) {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = 0x08;
  header[3] = shape.length;
  shape.forEach((extent, axis) => {
    header.writeUInt32BE(extent, 4 + 4 * axis);
  });
  await writeFile(new URL(name, directory), gzipSync(Buffer.concat([header, pixels]), { level: 9 }));
}
