import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { type ImageSource, mnist, openImages } from "../src/index.js";
import { idx, realData, temporaryDirectory } from "./helpers.js";

const open = async (directory: string, split: "train" | "test" = "train") =>
  (await openImages(directory, { split })) as ImageSource;

/** A folder with these files. */
async function folder(files: Readonly<Record<string, Uint8Array | string>>): Promise<string> {
  const root = await temporaryDirectory();
  for (const [name, content] of Object.entries(files)) await writeFile(join(root, name), content);
  return root;
}

const images = (count: number): Buffer =>
  idx(
    [count, 2, 3],
    Array.from({ length: count * 6 }, (_, index) => index),
  );

describe("a folder of IDX files", () => {
  it("needs no known checksum", async () => {
    const root = await folder({
      "train-images-idx3-ubyte": images(3),
      "train-labels-idx1-ubyte": idx([3], [2, 0, 1]),
      "t10k-images-idx3-ubyte": images(1),
      "t10k-labels-idx1-ubyte": idx([1], [1]),
    });
    const train = await open(root);
    expect(train).toMatchObject({ classNames: ["0", "1", "2"], height: 2, width: 3, channels: 1 });
    expect(Array.from(train.labels)).toEqual([2, 0, 1]);
    expect(Array.from(train.pixels)).toEqual(Array.from({ length: 18 }, (_, index) => index));
    // The classes are those of the training set.
    expect(await open(root, "test")).toMatchObject({ classNames: ["0", "1", "2"], labels: Uint8Array.of(1) });
  });

  it("turns EMNIST's images, counts its labels from 0, and names them", async () => {
    const name = "emnist-letters";
    const root = await folder({
      [`${name}-train-images-idx3-ubyte`]: images(2),
      [`${name}-train-labels-idx1-ubyte`]: idx([2], [1, 2]),
      [`${name}-mapping.txt`]: "1 65 97\n2 66 98\n",
    });
    const train = await open(root);
    expect(train).toMatchObject({ classNames: ["Aa", "Bb"], height: 3, width: 2, labels: Uint8Array.of(0, 1) });
    expect(Array.from(train.pixels)).toEqual([0, 3, 1, 4, 2, 5, 6, 9, 7, 10, 8, 11]);
  });

  it("is MNIST when it holds MNIST", async (context) => {
    const directory = join(realData(context, "mnist/t10k-labels-idx1-ubyte.gz"), "..");
    const [ours, known] = [await open(directory, "test"), await mnist({ directory, split: "test" })];
    expect(Buffer.from(ours.pixels).equals(Buffer.from(known.pixels))).toBe(true);
    expect(Array.from(ours.labels)).toEqual(Array.from(known.labels));
  });

  it.each<[string, Readonly<Record<string, Uint8Array>>, RegExp]>([
    ["a file that is missing", { "train-labels-idx1-ubyte": idx([1], [0]) }, /lacks the file train-images-…-ubyte/],
    [
      "two datasets",
      { "a-train-labels-idx1-ubyte": idx([1], [0]), "b-train-labels-idx1-ubyte": idx([1], [0]) },
      /holds several datasets: files that begin with "a-" and "b-"/,
    ],
    [
      "files that do not belong together",
      { "train-images-idx3-ubyte": images(2), "train-labels-idx1-ubyte": idx([1], [0]) },
      /do not belong together/,
    ],
  ])("says what is wrong: %s", async (_, files, message) => {
    const root = await folder(files);
    await expect(open(root)).rejects.toThrow(DatasetError);
    await expect(open(root)).rejects.toThrow(message);
  });
});

/** A record of CIFAR: labels, then planes of red, green and blue, each its own shade from left to right. */
function record(labels: readonly number[], shade: number): Uint8Array {
  const plane = (base: number) => Array.from({ length: 1024 }, (_, at) => base + (at % 32));
  return Uint8Array.from([...labels, ...plane(shade), ...plane(shade + 50), ...plane(shade + 100)]);
}

describe("a folder of CIFAR's binary files", () => {
  it("is CIFAR-10", async () => {
    const parts = Object.fromEntries(
      [1, 2, 3, 4, 5].map((part) => [`data_batch_${part}.bin`, record([part - 1], part)] as const),
    );
    const names = ["airplane", "automobile", "bird", "cat", "deer"];
    const root = await folder({
      ...parts,
      "test_batch.bin": record([4], 9),
      "batches.meta.txt": `${names.join("\n")}\n\n`,
    });
    const train = await open(root);
    expect(train).toMatchObject({ classNames: names, height: 32, width: 32, channels: 3 });
    expect(Array.from(train.labels)).toEqual([0, 1, 2, 3, 4]);
    expect(Array.from(train.pixels.subarray(3 * 1024 * 2 + 3 * 33, 3 * 1024 * 2 + 3 * 34))).toEqual([4, 54, 104]);
    expect((await open(root, "test")).labels).toEqual(Uint8Array.of(4));
  });

  it("is CIFAR-100 with its fine classes", async () => {
    const root = await folder({
      "train.bin": record([9, 1], 3),
      "test.bin": record([8, 0], 3),
      "fine_label_names.txt": "apple\nbear\n",
    });
    expect(await open(root)).toMatchObject({ classNames: ["apple", "bear"], labels: Uint8Array.of(1) });
  });

  it("says what is wrong", async () => {
    const meta = { "batches.meta.txt": "a\n" };
    const broken = await folder({ ...meta, "data_batch_1.bin": new Uint8Array(100) });
    await expect(open(broken)).rejects.toThrow(
      /data_batch_1\.bin is no binary file of CIFAR: images take 3073 bytes each/,
    );
    const wrong = await folder({ ...meta, "test_batch.bin": record([7], 1), "data_batch_1.bin": record([0], 1) });
    await expect(open(wrong, "test")).rejects.toThrow(/labels image 0 as class 7/);
    await expect(open(wrong)).rejects.toThrow(/Cannot read .*data_batch_2\.bin: it is not there/);
  });
});

describe("a folder of neither", () => {
  it("is one of pictures", async () => {
    const root = await temporaryDirectory();
    await mkdir(join(root, "a"));
    await writeFile(join(root, "a", "1.png"), await readFile(new URL("./golden/gray.png", import.meta.url)));
    expect(await openImages(root, { split: "train" })).toMatchObject({ classNames: ["a"], labels: Uint16Array.of(0) });
  });
});
