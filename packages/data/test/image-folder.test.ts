import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { DatasetError } from "@alexnet/core";
import sharp from "sharp";
import { describe, expect, it, onTestFinished } from "vitest";
import { decodeImage, imageFolder, imageTensor } from "../src/index.js";

/** A folder with these pictures, each a few pixels of one color. */
async function folder(
  pictures: Readonly<Record<string, readonly [red: number, green: number, blue: number]>>,
): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "alexnet-folder-"));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  for (const [path, [r, g, b]] of Object.entries(pictures)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await sharp({ create: { width: 7, height: 5, channels: 3, background: { r, g, b } } }).toFile(join(root, path));
  }
  return root;
}

const red = [255, 0, 0] as const;
const blue = [0, 0, 255] as const;

describe("imageFolder", () => {
  it("has a class for each folder, sorted, and every fifth picture of each for testing", async () => {
    const names = ["1", "2", "3", "4", "5", "6"];
    const root = await folder(
      Object.fromEntries(
        names.flatMap(
          (name) =>
            [
              [`dog/${name}.png`, red],
              [`cat/${name}.png`, blue],
            ] as const,
        ),
      ),
    );
    await writeFile(join(root, "cat", "notes.txt"), "no picture");
    await mkdir(join(root, ".hidden"));
    const train = await imageFolder(root, { split: "train", size: [4, 3] });
    const test = await imageFolder(root, { split: "test", size: [4, 3] });
    expect(train).toMatchObject({
      classNames: ["cat", "dog"],
      height: 4,
      width: 3,
      channels: 3,
      name: `${basename(root)} train`,
    });
    expect(Array.from(train.labels)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
    expect(Array.from(test.labels)).toEqual([0, 1]);
    expect(Array.from(train.pixels.subarray(0, 3))).toEqual([0, 0, 255]);
    expect(Array.from(train.pixels.slice(-3))).toEqual([255, 0, 0]);
  });

  it("takes the folders train and val as they are, and the classes of the first for both", async () => {
    const root = await folder({ "train/a/1.png": red, "train/b/1.png": blue, "val/b/1.png": blue });
    expect((await imageFolder(root, { split: "train", size: [2, 2] })).labels).toEqual(Uint8Array.of(0, 1));
    const test = await imageFolder(root, { split: "test", size: [2, 2] });
    expect(test.classNames).toEqual(["a", "b"]);
    expect(test.labels).toEqual(Uint8Array.of(1));
  });

  it("resizes and crops as imageTensor does", async () => {
    const root = await folder({ "train/a/1.png": red });
    const noise = Uint8Array.from({ length: 30 * 20 * 3 }, (_, index) => (index * 37) & 255);
    const path = join(root, "train", "a", "1.png");
    await sharp(noise, { raw: { width: 30, height: 20, channels: 3 } })
      .png()
      .toFile(path);
    for (const channels of [1, 3] as const) {
      const geometry = { size: [8, 8], resizeMode: "center-crop", shorterSide: 10, channels } as const;
      const { pixels } = await imageFolder(root, { split: "train", ...geometry });
      const { data } = imageTensor(await decodeImage(path), { ...geometry, range: 255 });
      const planes = Array.from({ length: channels }, (_, channel) =>
        Array.from({ length: 64 }, (_, index) => pixels[index * channels + channel]!),
      );
      expect(planes.flat()).toEqual(Array.from(data));
    }
  });

  it("makes three channels of a gray picture, and tells how far it is", async () => {
    const root = await folder({ "train/a/1.png": red });
    await sharp(Uint8Array.of(10, 20, 30, 40), { raw: { width: 2, height: 2, channels: 1 } })
      .toColourspace("b-w")
      .png()
      .toFile(join(root, "train", "a", "2.png"));
    const told: string[] = [];
    const onProgress = (done: number, total: number): unknown => told.push(`${done}/${total}`);
    const { pixels } = await imageFolder(root, { split: "train", size: [2, 2], onProgress });
    expect(Array.from(pixels.subarray(12))).toEqual([10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40]);
    expect(told).toEqual(["1/2", "2/2"]);
  });

  it("refuses a folder without classes, one without pictures, and a picture that is none", async () => {
    const options = { split: "train", size: [2, 2] } as const;
    await expect(imageFolder(await folder({}), options)).rejects.toThrow(
      /holds no folders: put the pictures of each class/,
    );
    const root = await folder({});
    await mkdir(join(root, "a"));
    await expect(imageFolder(root, options)).rejects.toThrow(/holds no pictures to train on.*5 or more of each/);
    await writeFile(join(root, "a", "broken.png"), "no picture");
    await expect(imageFolder(root, options)).rejects.toThrow(DatasetError);
    await expect(imageFolder(root, options)).rejects.toThrow(/broken\.png cannot be decoded/);
    await expect(imageFolder(join(root, "nowhere"), options)).rejects.toThrow(
      /Cannot read the folder .*nowhere: it is not there/,
    );
    await expect(imageFolder(root, { ...options, size: [1e6, 1e6] })).rejects.toThrow(
      /more than the 4 that are kept in memory/,
    );
  });
});
