// Makes a folder of JPEGs of 500 x 375, four classes, cut from photographs: node bench/pictures.mjs <photographs> <folder> <count>
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";

const [from, to, count] = process.argv.slice(2);
const sources = [];
for (const name of (await readdir(from)).toSorted()) {
  if (!/\.(png|jpe?g)$/i.test(name)) continue;
  const { width, height, channels } = await sharp(join(from, name)).metadata();
  if (Math.min(width, height) >= 300 && channels >= 3) sources.push(join(from, name));
}
for (let index = 0; index < Number(count); index++) {
  const source = sources[index % sources.length];
  const { width, height } = await sharp(source).metadata();
  // Another part of it each time, at another scale.
  const share = 0.6 + 0.4 * ((index * 0.618) % 1);
  const part = { width: Math.floor(width * share), height: Math.floor(height * share) };
  const left = Math.floor((width - part.width) * ((index * 0.382) % 1));
  const top = Math.floor((height - part.height) * ((index * 0.721) % 1));
  const picture = await sharp(source)
    .removeAlpha()
    .extract({ left, top, ...part })
    .resize(500, 375, { fit: "cover" })
    .jpeg({ quality: 90 })
    .toBuffer();
  const folder = join(to, "train", `class ${index % 4}`);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${String(index).padStart(6, "0")}.jpg`), picture);
}
