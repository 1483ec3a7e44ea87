import { link, mkdir, symlink, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { DatasetError } from "@alexnet/core";
import sharp from "sharp";
import { describe, expect, it, onTestFinished } from "vitest";
import type { BadPicture, ImageDatasetOptions, ImageSource, PictureSource } from "../src/index.js";
import { textAt } from "../src/pictures/packed-texts.js";
import { builtModule, temporaryDirectory } from "./helpers.js";

// Datasets run where their workers do: in the built package.
const { decodeImage, imageDataset, imageFolder, imageTensor, take } = (await import(
  builtModule("index.js").href
)) as typeof import("../src/index.js");

/** A folder with these pictures, each a few pixels of one color. */
async function folder(
  pictures: Readonly<Record<string, readonly [red: number, green: number, blue: number]>>,
): Promise<string> {
  const root = await temporaryDirectory();
  for (const [path, [r, g, b]] of Object.entries(pictures)) {
    await mkdir(join(root, path, ".."), { recursive: true });
    await sharp({ create: { width: 7, height: 5, channels: 3, background: { r, g, b } } }).toFile(join(root, path));
  }
  return root;
}

function dataset(source: PictureSource | ImageSource, options: ImageDatasetOptions) {
  const made = imageDataset(source, options);
  onTestFinished(() => made.dispose?.());
  return made;
}

const pathsOf = ({ storage, labels }: PictureSource): readonly string[] =>
  Array.from(labels, (_, index) => (storage.kind === "files" ? textAt(storage.paths, index) : ""));

const red = [255, 0, 0] as const;
const blue = [0, 0, 255] as const;
const all = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** Two folders of so many pictures. */
const dogsAndCats = (count: number) =>
  folder(
    Object.fromEntries(
      all(count).flatMap(
        (index) =>
          [
            [`dog/${index}.png`, red],
            [`cat/${index}.png`, blue],
          ] as const,
      ),
    ),
  );

describe("imageFolder", () => {
  it("has a class for each folder, sorted, and a share of each for testing, drawn by the seed", async () => {
    const root = await dogsAndCats(10);
    await writeFile(join(root, "cat", "notes.txt"), "no picture");
    await mkdir(join(root, ".hidden"));
    const train = await imageFolder(root, { split: "train" });
    const test = await imageFolder(root, { split: "test" });
    expect(train).toMatchObject({ classNames: ["cat", "dog"], name: `${basename(root)} train` });
    expect(Array.from(train.labels)).toEqual([...Array(8).fill(0), ...Array(8).fill(1)]);
    expect(Array.from(test.labels)).toEqual([0, 0, 1, 1]);
    const both = [...pathsOf(train), ...pathsOf(test)];
    expect(new Set(both).size).toBe(20);
    expect(pathsOf(await imageFolder(root, { split: "test" }))).toEqual(pathsOf(test));
    const others = await imageFolder(root, { split: "test", splitSeed: 1 });
    expect(pathsOf(others)).not.toEqual(pathsOf(test));
    expect(others.digest).not.toBe(test.digest);
    expect((await imageFolder(root, { split: "test", testShare: 0.5 })).labels.length).toBe(10);
  });

  it("takes the folders train and val as they are, and the classes of the first for both", async () => {
    const root = await folder({ "train/a/1.png": red, "train/b/1.png": blue, "val/b/1.png": blue });
    expect((await imageFolder(root, { split: "train" })).labels).toEqual(Uint16Array.of(0, 1));
    const test = await imageFolder(root, { split: "test" });
    expect(test.classNames).toEqual(["a", "b"]);
    expect(test.labels).toEqual(Uint16Array.of(1));
  });

  it("divides what is in train alone, and does not train on what is there to test with", async () => {
    const names = all(10).map((index) => `train/a/${index}.png`);
    const root = await folder(Object.fromEntries(names.map((name) => [name, red])));
    const [train, test] = [await imageFolder(root, { split: "train" }), await imageFolder(root, { split: "test" })];
    expect([...pathsOf(train), ...pathsOf(test)].toSorted()).toEqual(names.map((name) => name.slice(6)));
    expect(pathsOf(test)).toHaveLength(2);
    await expect(imageFolder(await folder({ "val/a/1.png": red }), { split: "train" })).rejects.toThrow(
      /holds pictures to test with, but no folder "train"/,
    );
  });

  it("finds pictures in folders of the classes' folders, and follows links, but not in circles", async () => {
    const root = await folder({ "train/a/deep/er/1.png": red, "train/a/2.png": blue });
    if (process.platform !== "win32") await symlink(join(root, "train", "a"), join(root, "train", "a", "deep", "loop"));
    await link(join(root, "train", "a", "2.png"), join(root, "train", "a", "3.PNG"));
    expect(pathsOf(await imageFolder(root, { split: "train", testShare: 0 }))).toEqual([
      "a/2.png",
      "a/3.PNG",
      "a/deep/er/1.png",
    ]);
  });

  it.each([0, 1, 3])("gives what imageTensor gives of each picture, with %d workers", async (workers) => {
    const root = await temporaryDirectory();
    await mkdir(join(root, "train", "a"), { recursive: true });
    const sizes = [
      [30, 20],
      [16, 40],
      [10, 10],
      [8, 8],
    ] as const;
    const paths = sizes.map((_, index) => join(root, "train", "a", `${index}.png`));
    for (const [index, [width, height]] of sizes.entries()) {
      const channels = index === 2 ? 1 : 3;
      const noise = Uint8Array.from({ length: width * height * channels }, (_, at) => (at * 37 + index * 11) & 255);
      const picture = sharp(noise, { raw: { width, height, channels } });
      await (channels === 1 ? picture.toColourspace("b-w") : picture).png().toFile(paths[index]!);
    }
    const source = await imageFolder(root, { split: "train", testShare: 0 });
    const ways: readonly ImageDatasetOptions[] = [
      { size: [8, 8] },
      { size: [8, 8], resizeMode: "center-crop", shorterSide: 10, channels: 1 },
      { size: [12, 9], range: 255, mean: [1, 2, 3] },
    ];
    for (const options of ways) {
      const made = dataset(source, { ...options, workers });
      const { images, labels } = await made.batch([3, 0, 2, 1, 3]);
      const expected = await Promise.all(
        [3, 0, 2, 1, 3].map(async (index) =>
          imageTensor(await decodeImage(paths[index]!), { channels: 3, ...options }),
        ),
      );
      expect(images.shape).toEqual([5, ...expected[0]!.shape.slice(1)]);
      expect(Array.from(images.data)).toEqual(expected.flatMap(({ data }) => Array.from(data)));
      expect(labels).toEqual(new Int32Array(5));
    }
  });

  it("refuses a folder without classes, one without pictures, and one that is not there", async () => {
    const options = { split: "train" } as const;
    await expect(imageFolder(await folder({}), options)).rejects.toThrow(
      /holds no folders: put the pictures of each class/,
    );
    const root = await folder({});
    await mkdir(join(root, "a"));
    await expect(imageFolder(root, options)).rejects.toThrow(/holds no pictures to train on.*several of each/);
    await expect(imageFolder(join(root, "nowhere"), options)).rejects.toThrow(
      /Cannot read the folder .*nowhere: it is not there/,
    );
    await expect(imageFolder(root, { ...options, testShare: 1 })).rejects.toThrow(/testShare must be a number/);
    await expect(imageFolder(root, { ...options, splitSeed: -1 })).rejects.toThrow(/splitSeed must be a whole/);
  });

  it("needs the size that pictures are brought to", async () => {
    const source = await imageFolder(await dogsAndCats(2), { split: "train" });
    expect(() => imageDataset(source)).toThrow(/of any size: give the size/);
  });
});

describe("pictures that cannot be read", () => {
  /** Twenty pictures, of which these are none. */
  async function withBad(...names: readonly string[]) {
    const root = await dogsAndCats(10);
    for (const name of names) await writeFile(join(root, name), name.endsWith("9.png") ? "" : "no picture");
    return imageFolder(root, { split: "train", testShare: 0 });
  }

  it.each([0, 2])("are left out of their batches and told of once, with %d workers", async (workers) => {
    const source = await withBad("cat/3.png", "dog/9.png");
    const told: BadPicture[] = [];
    const made = dataset(source, { size: [2, 2], workers, mostBad: 2, onBad: (bad) => told.push(bad) });
    const batch = await made.batch([3, 2, 19, 12]);
    expect(batch).toMatchObject({ labels: Int32Array.of(0, 1), skipped: [0, 2], images: { shape: [2, 3, 2, 2] } });
    expect(Array.from(batch.images.data)).toEqual([
      0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0,
    ]);
    expect(await made.batch([3])).toMatchObject({ labels: new Int32Array(0), skipped: [0] });
    expect((await made.batch([1, 2])).skipped).toBeUndefined();
    expect(told.map(({ index }) => index)).toEqual([3, 19]);
    expect(told[0]!.reason).toMatch(/3\.png cannot be decoded/);
    expect(told[1]!.reason).toMatch(/9\.png cannot be decoded/);
  });

  it("end the training when there are more than it may have, one in a hundred unless told otherwise", async () => {
    const source = await withBad("cat/3.png", "dog/9.png");
    const strict = dataset(source, { size: [2, 2], workers: 0 });
    await expect(strict.batch([3])).rejects.toThrow(DatasetError);
    await expect(strict.batch([3])).rejects.toThrow(/cat.3\.png cannot be decoded.* up to 0 are left out; mostBad/);
    const one = dataset(source, { size: [2, 2], workers: 0, mostBad: 1 });
    await one.batch([3]);
    await expect(one.batch([19])).rejects.toThrow(/9\.png.*with 2 of the 20 pictures of/);
  });

  it("are left out with all looks at them", async () => {
    const made = dataset(await withBad("cat/3.png"), {
      ...({ size: [2, 2], views: "ten-crop", cropFrom: [3, 3], workers: 0, mostBad: 1 } as const),
    });
    const batch = await made.batch(all(40).map((index) => index + 20));
    expect(batch).toMatchObject({ skipped: all(10).map((index) => index + 10), images: { shape: [30, 3, 2, 2] } });
  });

  it("are those that are not there any more too", async () => {
    const root = await dogsAndCats(5);
    const source = await imageFolder(root, { split: "train" });
    const gone = {
      ...source,
      storage: { ...source.storage, root: join(root, "gone") },
    } as PictureSource;
    const made = dataset(gone, { size: [2, 2], workers: 0, mostBad: 100 });
    expect((await made.batch([0, 1])).skipped).toEqual([0, 1]);
  });
});

describe("the order of pictures in shards", () => {
  it("visits each once an epoch, in another order each time, a few shards at a time", async () => {
    const source = {
      ...(await imageFolder(await dogsAndCats(10), { split: "train", testShare: 0 })),
      shards: [0, 4, 8, 12, 16],
    };
    const made = dataset(source, { size: [2, 2], workers: 0, shuffleBuffer: 8 });
    const [first, again, second, other] = [
      made.order!({ seed: 1, epoch: 0 }),
      made.order!({ seed: 1, epoch: 0 }),
      made.order!({ seed: 1, epoch: 1 }),
      made.order!({ seed: 2, epoch: 0 }),
    ].map((order) => Array.from(order));
    expect(again).toEqual(first);
    expect(second).not.toEqual(first);
    expect(other).not.toEqual(first);
    for (const order of [first!, second!, other!]) {
      expect(order.toSorted((a, b) => a - b)).toEqual(all(20));
      // Two shards after each other make a window of eight, and the last is one alone.
      for (const [start, shards] of [
        [0, 2],
        [8, 2],
        [16, 1],
      ] as const) {
        expect(new Set(order.slice(start, start + 4 * shards).map((index) => index >> 2)).size).toBe(shards);
      }
    }
    expect(first!.slice(0, 8).map((index) => index >> 2)).not.toEqual(
      first!
        .slice(0, 8)
        .map((index) => index >> 2)
        .sort(),
    );
    const few = take(made, 7);
    expect(Array.from(few.order!({ seed: 1, epoch: 0 }))).toEqual(first!.filter((index) => index < 7));
  });
});

describe("the settings of a dataset", () => {
  it("tell what decides its examples, and not what does not", async () => {
    const source = await imageFolder(await dogsAndCats(2), { split: "train" });
    const settings = (options: Partial<ImageDatasetOptions>) => dataset(source, { size: [2, 2], ...options }).settings;
    expect(settings({ workers: 2 })).toEqual(settings({}));
    expect(JSON.stringify(settings({ augment: { mirror: true, seed: 1 } }))).toBe(
      JSON.stringify(settings({ augment: { seed: 1, mirror: true } })),
    );
    const ways: readonly Partial<ImageDatasetOptions>[] = [
      {},
      { size: [3, 2] },
      { resizeMode: "center-crop" },
      { mean: [1, 2, 3] },
      { meanImage: { shape: [3, 2, 2], data: new Float32Array(12) } },
      { augment: { seed: 1 } },
      { augment: { seed: 2 } },
      { augment: { seed: 1, mirror: true } },
      { cropFrom: [4, 4] },
    ];
    expect(new Set(ways.map((way) => JSON.stringify(settings(way)))).size).toBe(ways.length);
  });
});
