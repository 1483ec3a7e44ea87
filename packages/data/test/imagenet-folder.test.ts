import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError } from "@alexnet/core";
import sharp from "sharp";
import { create } from "tar";
import { describe, expect, it } from "vitest";
import type { PictureSource } from "../src/index.js";
import { readMatFile } from "../src/own/imagenet/mat-file.js";
import { builtModule, golden, temporaryDirectory } from "./helpers.js";

const { imageDataset, openImages } = (await import(builtModule("index.js").href)) as typeof import("../src/index.js");

const wnids = ["n01440764", "n02100735", "n02119789"];
const validation = Array.from({ length: 4 }, (_, index) => `ILSVRC2012_val_0000000${index + 1}.JPEG`);
/** What the validation pictures show, by the numbers of `meta.mat`: the fox, the fish, the dog, the fish. */
const truth = [1, 2, 300, 2];
const shown = [2, 0, 1, 0];

/** A picture whose red tells which it is. */
const picture = (red: number): Promise<Buffer> =>
  sharp({ create: { width: 6, height: 5, channels: 3, background: { r: red, g: 0, b: 0 } } })
    .png()
    .toBuffer();

/** Two pictures of each synset and four to validate with, in folders. */
async function unpacked(): Promise<string> {
  const root = await temporaryDirectory();
  for (const [label, wnid] of wnids.entries()) {
    await mkdir(join(root, "train", wnid), { recursive: true });
    for (const index of [0, 1]) {
      await writeFile(join(root, "train", wnid, `${wnid}_${index}.JPEG`), await picture(40 * label + 10 * index));
    }
  }
  await mkdir(join(root, "val"));
  for (const [index, name] of validation.entries())
    await writeFile(join(root, "val", name), await picture(150 + 10 * index));
  return root;
}

/** The same in archives, as they are published. */
async function packed(): Promise<string> {
  const [from, root] = [await unpacked(), await temporaryDirectory()];
  for (const wnid of wnids) {
    const cwd = join(from, "train", wnid);
    await create({ file: join(from, `${wnid}.tar`), cwd }, [`${wnid}_0.JPEG`, `${wnid}_1.JPEG`]);
  }
  // In another order than the classes have.
  const archives = wnids.toReversed().map((wnid) => `${wnid}.tar`);
  await create({ file: join(root, "ILSVRC2012_img_train.tar"), cwd: from }, archives);
  await create({ file: join(root, "ILSVRC2012_img_val.tar"), cwd: join(from, "val") }, validation);
  return root;
}

async function withDevkit(root: string): Promise<string> {
  const folder = join(root, "ILSVRC2012_devkit_t12", "data");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "meta.mat"), await readFile(golden("meta.mat")));
  await writeFile(join(folder, "ILSVRC2012_validation_ground_truth.txt"), `${truth.join("\n")}\n`);
  return root;
}

const open = async (root: string, split: "train" | "test"): Promise<PictureSource> =>
  (await openImages(root, { split })) as PictureSource;

async function redsOf(source: PictureSource): Promise<readonly number[]> {
  const made = imageDataset(source, { size: [5, 6], range: 255, workers: 0 });
  const { images } = await made.batch(Array.from(source.labels.keys()));
  await made.dispose?.();
  return Array.from(source.labels, (_, index) => images.data[index * 90]!);
}

describe.each([
  ["unpacked", unpacked],
  ["in its archives", packed],
] as const)("ILSVRC 2012 %s", (_, make) => {
  it("has the synsets as classes, sorted, and its pictures where they are", async () => {
    const root = await withDevkit(await make());
    const train = await open(root, "train");
    expect(train.classNames).toEqual(wnids);
    const labels = Array.from(train.labels);
    expect(labels.toSorted()).toEqual([0, 0, 1, 1, 2, 2]);
    const reds = await redsOf(train);
    for (const [index, label] of labels.entries()) expect(Math.floor(reds[index]! / 40)).toBe(label);
    const test = await open(root, "test");
    expect(test.classNames).toEqual(wnids);
    expect(Array.from(test.labels)).toEqual(shown);
    expect(await redsOf(test)).toEqual([150, 160, 170, 180]);
    expect(test.digest).not.toBe(train.digest);
  });

  it("is called by its synset words, and labeled by Caffe's list or Kaggle's too", async () => {
    const root = await make();
    await writeFile(join(root, "synset_words.txt"), "n01440764 tench, Tinca tinca\nn02119789 kit fox\n");
    await writeFile(join(root, "val.txt"), validation.map((name, index) => `${name} ${shown[index]}`).join("\n"));
    const caffe = await open(root, "test");
    expect(caffe.classNames).toEqual(["tench, Tinca tinca", "n02100735", "kit fox"]);
    expect(Array.from(caffe.labels)).toEqual(shown);
    const other = await make();
    const lines = validation.map((name, index) => `${name.replace(".JPEG", "")},${wnids[shown[index]!]} 1 2 3 4`);
    await writeFile(join(other, "LOC_val_solution.csv"), `ImageId,PredictionString\n${lines.join("\n")}\n`);
    expect(Array.from((await open(other, "test")).labels)).toEqual(shown);
  });

  it("says what is missing", async () => {
    const root = await make();
    expect((await open(root, "train")).labels.length).toBe(6);
    await expect(open(root, "test")).rejects.toThrow(
      /does not say what its validation pictures show\. Put one of these lists/,
    );
    await writeFile(join(root, "ILSVRC2012_validation_ground_truth.txt"), `${truth.join("\n")}\n`);
    await expect(open(root, "test")).rejects.toThrow(/lacks meta\.mat of the development kit/);
    await writeFile(join(root, "meta.mat"), "x".repeat(200));
    await expect(open(root, "test")).rejects.toThrow(DatasetError);
    await expect(open(root, "test")).rejects.toThrow(/meta\.mat cannot be read: its header is not that of a MAT-file/);
    await writeFile(join(root, "meta.mat"), await readFile(golden("meta.mat")));
    await writeFile(join(root, "ILSVRC2012_validation_ground_truth.txt"), "1\n2\n");
    await expect(open(root, "test")).rejects.toThrow(/does not say what ILSVRC2012_val_00000003\.JPEG shows/);
    await writeFile(join(root, "ILSVRC2012_validation_ground_truth.txt"), "1\n7\n");
    await expect(open(root, "test")).rejects.toThrow(/Line 2 of .* has the number 7, which meta\.mat does not know/);
  });
});

describe("a MAT-file", () => {
  it.each(["meta.mat", "meta-plain.mat"])("is read as SciPy wrote it: %s", async (name) => {
    const bytes = await readFile(golden(name));
    expect(readMatFile(bytes, name)).toEqual({
      synsets: [
        { ILSVRC2012_ID: [1], WNID: "n02119789", words: "kit fox, Vulpes macrotis", children: [] },
        { ILSVRC2012_ID: [2], WNID: "n01440764", words: "tench, Tinca tinca", children: [] },
        { ILSVRC2012_ID: [300], WNID: "n02100735", words: "English setter", children: [1, 2, 700.5] },
      ],
      note: "é",
    });
  });

  it.each(["meta.mat", "meta-plain.mat"])("that is damaged fails in words, or reads as something: %s", async (name) => {
    const whole = await readFile(golden(name));
    for (let at = 0; at < whole.length; at++) {
      for (const damaged of [
        whole.subarray(0, at),
        Buffer.from(whole).fill(0xff, at, Math.min(at + 3, whole.length)),
      ]) {
        try {
          readMatFile(damaged, name);
        } catch (error) {
          expect(error).toBeInstanceOf(DatasetError);
        }
      }
    }
  });
});
