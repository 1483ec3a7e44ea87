import { execFileSync } from "node:child_process";
import { copyFile, mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { decodeImage, imageDataset, imageFolder, imageTensor } from "@alexnet/data";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { alexnet, temporaryFolder } from "./cli.js";

/** CMYK with a profile and without, gray, a palette, transparency, 16 bits, turned by EXIF, …, as Pillow wrote them. */
const goldens = fileURLToPath(new URL("../../../../packages/data/test/golden/", import.meta.url));

const noise = (width: number, height: number, channels: 3 | 4 = 3) =>
  sharp(
    Uint8Array.from({ length: width * height * channels }, (_, at) => (at * 31) & 255),
    { raw: { width, height, channels } },
  );

/** Frames below each other, as sharp takes them. */
const frames = () =>
  sharp(
    Uint8Array.from({ length: 24 * 72 * 3 }, (_, at) => (at * 7) & 255),
    {
      raw: { width: 24, height: 72, channels: 3, pageHeight: 24 },
    },
  );

describe("pictures of all kinds, good and bad, in one folder", () => {
  const folder = temporaryFolder();
  const pictures = () => join(folder(), "pictures");
  const good: string[] = [];
  const bad = ["broken.png", "cut.jpg", "empty.jpg", "gone.jpg", "large.png", "mislabeled.tif"];
  if (process.platform !== "win32") bad.push("pipe.jpg");
  const words = ["--dataset", "pictures", "--model", "lenet5", "--input-size", "28", "--backend", "onnx:cpu"];
  const limits = ["--most-bad", "20", "--most-pixels", "1000000"];

  beforeAll(async () => {
    const odd = join(pictures(), "odd");
    const plain = join(pictures(), "plain");
    for (const path of [odd, plain]) await mkdir(path, { recursive: true });
    for (const name of await readdir(goldens)) {
      if (!/\.(png|jpg|tif)$/.test(name)) continue;
      await copyFile(join(goldens, name), join(odd, name));
      good.push(name);
    }
    await frames()
      .gif({ delay: [50, 50, 50] })
      .toFile(join(odd, "animated.gif"));
    await frames()
      .webp({ delay: [50, 50, 50] })
      .toFile(join(odd, "animated.webp"));
    await noise(40, 30).jpeg({ progressive: true }).toFile(join(odd, "progressive.jpg"));
    await noise(40, 30).avif().toFile(join(odd, "new.avif"));
    await noise(1, 1).png().toFile(join(odd, "dot.png"));
    await noise(3000, 2).png().toFile(join(odd, "strip.png"));
    await writeFile(join(odd, "png-within.jpg"), await noise(20, 30, 4).png().toBuffer());
    good.push("animated.gif", "animated.webp", "progressive.jpg", "new.avif", "dot.png", "strip.png", "png-within.jpg");
    await writeFile(join(odd, "empty.jpg"), "");
    const whole = await noise(60, 60).jpeg().toBuffer();
    await writeFile(join(odd, "cut.jpg"), whole.subarray(0, whole.length >> 1));
    await writeFile(join(odd, "broken.png"), (await noise(60, 60).png().toBuffer()).fill(0, 500, 600));
    await writeFile(join(odd, "mislabeled.tif"), "%PDF-1.7 no picture");
    await sharp({ create: { width: 1001, height: 1000, channels: 3, background: "red" } }).toFile(
      join(odd, "large.png"),
    );
    await symlink(join(odd, "nowhere.jpg"), join(odd, "gone.jpg"));
    if (process.platform !== "win32") execFileSync("mkfifo", [join(odd, "pipe.jpg")]);
    for (let index = 0; index < good.length; index++)
      await noise(30 + index, 40)
        .jpeg()
        .toFile(join(plain, `${index}.jpg`));
  });

  it("are trained on, but for those that cannot be read, which are counted and listed", async () => {
    const { code, stdout, stderr } = await alexnet(folder(), [
      ...["train", ...words, ...limits, "--epochs", "2", "--batch-size", "8", "--run-dir", "run"],
    ]);
    expect(stderr).toMatch(/Left out: .*\nFurther pictures that are left out are not told of\./s);
    expect(code).toBe(0);
    expect(stdout).toContain(
      `${bad.length} pictures could not be read and were left out: skipped.txt in the run folder names them.`,
    );
    const listed = (await readFile(join(folder(), "run", "skipped.txt"), "utf8")).trim().split("\n");
    const names = listed.map((line) => bad.find((name) => line.includes(name)));
    expect(names.toSorted()).toEqual(bad.toSorted());
    expect(listed.find((line) => line.includes("large.png"))).toMatch(
      /1001 x 1000 pixels, more than the 1,000,000 that are decoded.* with --most-pixels/,
    );
    expect(listed.find((line) => line.includes("gone.jpg"))).toMatch(/not there/);
  });

  it("are listed once when the training goes on, told nothing again", async () => {
    const { code, stderr } = await alexnet(folder(), ["train", "--resume", "run", "--epochs", "3"]);
    expect(stderr).not.toMatch(/^error/m);
    expect(code).toBe(0);
    const lines = (await readFile(join(folder(), "run", "skipped.txt"), "utf8")).trim().split("\n");
    expect(lines).toHaveLength(bad.length);
  });

  it("are listed when there are more of them than there may be", async () => {
    const { code, stderr } = await alexnet(folder(), [
      ...["train", ...words, "--most-bad", "2", "--most-pixels", "1000000", "--epochs", "2", "--batch-size", "8"],
      ...["--run-dir", "refused"],
    ]);
    expect(stderr).toMatch(/So it is with 3 of the \d+ pictures of pictures \w+ so far.* --most-bad allows for more/);
    expect(code).toBe(1);
    expect((await readFile(join(folder(), "refused", "skipped.txt"), "utf8")).trim().split("\n")).toHaveLength(2);
  });

  it("are tested with, the bad ones counted, and it is said when they are others than those of the training", async () => {
    const tested = async () => alexnet(folder(), ["evaluate", "run", "--json"]);
    const before = await tested();
    expect(before.code).toBe(0);
    expect(before.stderr).not.toMatch(/are not those/);
    await writeFile(join(pictures(), "plain", "more.jpg"), await noise(30, 30).jpeg().toBuffer());
    const after = await tested();
    expect(after.stderr).toMatch(/The pictures in .* are not those that were there when run.* was trained/);
    expect(after.code).toBe(0);
  });

  it("become the same in a training as in predict", async () => {
    const source = await imageFolder(pictures(), { split: "train", testShare: 0 });
    const dataset = imageDataset(source, { size: [28, 28], workers: 1, mostBad: 20, mostPixels: 1_000_000 });
    try {
      const paths = (await readdir(join(pictures(), "odd"))).sort();
      const { images, skipped = [] } = await dataset.batch(paths.map((_, index) => index));
      expect(skipped.map((at) => paths[at])).toEqual(bad);
      const read = paths.filter((path) => !bad.includes(path));
      expect(read).toEqual(good.toSorted());
      for (const [index, name] of read.entries()) {
        const alone = imageTensor(await decodeImage(join(pictures(), "odd", name)), { size: [28, 28], channels: 3 });
        const length = alone.data.length;
        expect(Array.from(images.data.subarray(index * length, (index + 1) * length)), name).toEqual(
          Array.from(alone.data),
        );
      }
    } finally {
      await dataset.dispose?.();
    }
  });

  it("are predicted each by itself: one that cannot be read is told, the others are predicted", async () => {
    const paths = [...good, "large.png", "cut.jpg"].map((name) => join("pictures", "odd", name));
    const { code, stdout, stderr } = await alexnet(folder(), [
      ...["predict", ...paths, "--weights", "run", "--json", "--most-pixels", "1000000", "--backend", "onnx:cpu"],
    ]);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toHaveLength(good.length);
    expect(stderr).toMatch(/error: .*large\.png has 1001 x 1000 pixels.*with --most-pixels/);
    expect(stderr).toMatch(/error: .*cut\.jpg cannot be decoded/);
  });
});
