import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DatasetError } from "@alexnet/core";
import { describe, expect, it, onTestFinished } from "vitest";
import type { ImageDatasetOptions, PictureSource } from "../src/index.js";
import { builtModule, golden, temporaryDirectory } from "./helpers.js";

// Datasets run where their workers do: in the built package.
const { imageDataset, openImages } = (await import(builtModule("index.js").href)) as typeof import("../src/index.js");

const shards = fileURLToPath(golden("shards"));

/** A folder with some of the shards that Python wrote. */
async function folder(...names: readonly string[]): Promise<string> {
  const root = await temporaryDirectory();
  for (const name of names) await cp(join(shards, name), join(root, name), { recursive: true });
  return root;
}

const tars = () => folder("train-000000.tar", "train-000001.tar", "val-000000.tar");
const parquets = () => folder("data");

const open = async (directory: string, split: "train" | "test" = "train", division = {}): Promise<PictureSource> =>
  (await openImages(directory, { split, ...division })) as PictureSource;

function dataset(source: PictureSource, options: ImageDatasetOptions = {}) {
  const made = imageDataset(source, { size: [4, 5], range: 255, ...options });
  onTestFinished(() => made.dispose?.());
  return made;
}

/** The red of each picture, which is 30 times its number. */
async function numbersOf(source: PictureSource, options: ImageDatasetOptions = {}): Promise<readonly number[]> {
  const { images } = await dataset(source, options).batch(Array.from(source.labels.keys()));
  return Array.from(source.labels, (_, index) => images.data[index * 60]! / 30);
}

describe.each([
  ["tar archives", tars, ["0", "1", "2"], [0, 2]],
  ["Parquet files", parquets, ["red", "green", "blue"], [0, 2, 3]],
] as const)("pictures in %s", (_, make, classNames, firsts) => {
  it("are those that Python wrote, in their order, divided by the names of the files", async () => {
    const root = await make();
    const train = await open(root);
    expect(train.classNames).toEqual(classNames);
    expect(Array.from(train.labels)).toEqual([0, 1, 2, 0]);
    expect(train.shards).toEqual(firsts);
    const test = await open(root, "test");
    expect(Array.from(test.labels)).toEqual([1, 2, 0]);
    for (const workers of [0, 1, 2]) {
      expect(await numbersOf(train, { workers })).toEqual([0, 1, 2, 3]);
      expect(await numbersOf(test, { workers })).toEqual([4, 5, 6]);
    }
  });

  it("come in any order, and more than once", async () => {
    const made = dataset(await open(await make()), { workers: 2 });
    const { images, labels } = await made.batch([3, 0, 2, 2, 1]);
    expect([0, 1, 2, 3, 4].map((position) => images.data[position * 60]! / 30)).toEqual([3, 0, 2, 2, 1]);
    expect(labels).toEqual(Int32Array.of(0, 0, 2, 2, 1));
  });

  it("are told from others by their digest", async () => {
    const root = await make();
    const [train, again, test] = [await open(root), await open(root), await open(root, "test")];
    expect(again.digest).toBe(train.digest);
    expect(test.digest).not.toBe(train.digest);
  });

  it("are visited shard by shard", async () => {
    const made = dataset(await open(await make()), { workers: 0, shuffleBuffer: 1 });
    const order = Array.from(made.order!({ seed: 3, epoch: 1 }));
    expect(order.toSorted()).toEqual([0, 1, 2, 3]);
    // Those of one shard follow each other.
    const shardOf = (index: number): number => firsts.findLastIndex((first) => first <= index);
    const visited = order.map(shardOf).filter((shard, at, all) => shard !== all[at - 1]);
    expect(new Set(visited).size).toBe(visited.length);
  });
});

describe("files of shards", () => {
  it.each([
    ["tar archives", tars],
    ["Parquet files", parquets],
  ])("are closed when a dataset is disposed, and are no use afterwards: %s", async (_, make) => {
    const source = await open(await make());
    const before = (await readdir("/proc/self/fd").catch(() => [])).length;
    const made = imageDataset(source, { size: [4, 5], workers: 0 });
    await made.batch([0, 3]);
    await made.dispose?.();
    expect((await readdir("/proc/self/fd").catch(() => [])).length).toBe(before);
    await expect(made.batch([0])).rejects.toThrow(/used after its dispose/);
  });
});

describe("pictures in shards without the name of a split", () => {
  it.each([
    ["tar", "val-000000.tar"],
    ["parquet", join("data", "validation-00000-of-00001.parquet")],
  ])("are divided by share and seed: %s", async (ending, name) => {
    const root = await temporaryDirectory();
    await cp(join(shards, name), join(root, `pictures.${ending}`));
    const division = { testShare: 0.5, splitSeed: 2 };
    const [train, test] = [await open(root, "train", division), await open(root, "test", division)];
    expect([...(await numbersOf(train)), ...(await numbersOf(test))].toSorted()).toEqual([4, 5, 6]);
    expect(train.classNames).toEqual(test.classNames);
  });
});

describe("pictures in shards of training pictures alone", () => {
  it("are divided as well: none is in both splits", async () => {
    const root = await folder("train-000000.tar", "train-000001.tar");
    const division = { testShare: 0.5 };
    const [train, test] = [await open(root, "train", division), await open(root, "test", division)];
    expect([...(await numbersOf(train)), ...(await numbersOf(test))].toSorted()).toEqual([0, 1, 2, 3]);
  });

  it("are refused where all are for testing", async () => {
    await expect(open(await folder("val-000000.tar"))).rejects.toThrow(/none is called train/);
  });
});

describe("names of classes", () => {
  it("are in a file beside the archives", async () => {
    const root = await tars();
    await writeFile(join(root, "classes.txt"), "red\ngreen\nblue\n");
    expect((await open(root)).classNames).toEqual(["red", "green", "blue"]);
    await writeFile(join(root, "classes.txt"), "red\n");
    await expect(open(root)).rejects.toThrow(/classes\.txt names 1 classes, but there are pictures of 3/);
  });
});

describe("damaged shards", () => {
  const cut = async (path: string, bytes: number): Promise<void> =>
    writeFile(path, (await readFile(path)).subarray(0, bytes));

  it("an archive that is cut off lacks its last picture, which is left out", async () => {
    const root = await tars();
    const train = await open(root);
    const path = join(root, "train-000001.tar");
    const { storage } = train;
    const last = storage.kind === "tar" ? storage.offsets[3]! : 0;
    await cut(path, last + 20);
    const made = dataset(train, { mostBad: 1, workers: 0 });
    expect(await made.batch([2, 3])).toMatchObject({ skipped: [1], labels: Int32Array.of(2) });
    await expect(dataset(train, { workers: 0 }).batch([3])).rejects.toThrow(
      /train-000001\.tar at byte \d+ is truncated: the archive ends before it does/,
    );
  });

  it.each<[string, (root: string) => Promise<unknown>, RegExp]>([
    [
      "no archive",
      (root) => writeFile(join(root, "train-000000.tar"), "x".repeat(2000)),
      /damaged at byte 0, or no tar/,
    ],
    [
      "no archives of pictures",
      (root) => writeFile(join(root, "train-000000.tar"), Buffer.alloc(1024)),
      /hold no pictures/,
    ],
    [
      "no Parquet file",
      (root) => writeFile(join(root, "train.parquet"), "x".repeat(2000)),
      /damaged, or no Parquet file/,
    ],
    ["an empty file", (root) => writeFile(join(root, "train.parquet"), ""), /damaged, or no Parquet file/],
  ])("%s", async (_, make, message) => {
    const root = await temporaryDirectory();
    await make(root);
    await expect(open(root)).rejects.toThrow(DatasetError);
    await expect(open(root)).rejects.toThrow(message);
  });

  it("Parquet files with pages that are damaged end what reads them", async () => {
    const root = await parquets();
    const train = await open(root);
    const path = join(root, "data", "train-00000-of-00002.parquet");
    const bytes = await readFile(path);
    bytes.fill(0xff, 4, 60);
    await writeFile(path, bytes);
    const made = dataset(train, { workers: 0, mostBad: 4 });
    expect((await made.batch([0, 1, 2])).skipped).toEqual([0, 1]);
    await expect(dataset(train, { workers: 0 }).batch([0])).rejects.toThrow(/train-00000.*is damaged in rows 0 to 1/);
  });

  it("a sample without a class, and one with one that is none", async () => {
    const { create } = await import("tar");
    const root = await temporaryDirectory();
    await mkdir(join(root, "files"));
    await cp(fileURLToPath(golden("gray.png")), join(root, "files", "1.png"));
    const pack = (...names: readonly string[]) =>
      create({ file: join(root, "train.tar"), cwd: join(root, "files") }, [...names]);
    await pack("1.png");
    await expect(open(root)).rejects.toThrow(/1\.png in .*train\.tar has no class: there must be a file/);
    await writeFile(join(root, "files", "1.cls"), "cat");
    await pack("1.png", "1.cls");
    await expect(open(root)).rejects.toThrow(/1\.cls in .*train\.tar holds no class/);
  });
});
