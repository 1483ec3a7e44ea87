// Makes a folder of JPEGs of 500 x 375 cut from photographs: node bench/pictures.mjs <photographs> <folder> <count> [classes a photograph]
// A class is a photograph, or a part of one.
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join, parse } from "node:path";
import sharp from "sharp";

const [from, to, count, parts = "1"] = process.argv.slice(2);
const sources = [];
for (const name of (await readdir(from)).toSorted()) {
  if (!/\.(png|jpe?g)$/i.test(name)) continue;
  const { width, height, channels } = await sharp(join(from, name)).metadata();
  if (Math.min(width, height) >= 300 && channels >= 3) sources.push({ path: join(from, name), width, height });
}
for (let index = 0; index < Number(count); index++) {
  const { path, width, height } = sources[index % sources.length];
  const turn = Math.floor(index / sources.length);
  const part = turn % Number(parts);
  // Another part each time, at another scale: far apart for the classes, near for the pictures of one.
  const place = part + Math.floor(turn / Number(parts)) / Number(parts);
  const share = 0.6 + 0.4 * ((place * 0.618) % 1);
  const size = { width: Math.floor(width * share), height: Math.floor(height * share) };
  const left = Math.floor((width - size.width) * ((place * 0.382) % 1));
  const top = Math.floor((height - size.height) * ((place * 0.721) % 1));
  const picture = await sharp(path)
    .removeAlpha()
    .extract({ left, top, ...size })
    .resize(500, 375, { fit: "cover" })
    .jpeg({ quality: 90 })
    .toBuffer();
  const folder = join(to, "train", `${parse(path).name} ${part}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${String(index).padStart(6, "0")}.jpg`), picture);
}
