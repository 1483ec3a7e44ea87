import { cp, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { isAlexNetError } from "@alexnet/core";
import sharp from "sharp";
import { create } from "tar";
import { describe, expect, it } from "vitest";
import { damaged, FILES, randomNumbers, SEED } from "../../formats/test/mutations.js";
import { builtModule, golden, idx, temporaryDirectory } from "./helpers.js";

const { imageDataset, openImages, prepareShards } = (await import(
  builtModule("index.js").href
)) as typeof import("../src/index.js");

/** No folder here takes ten milliseconds when it is whole. */
const MOST_MILLISECONDS = 5000;
/** Pixels of a picture here, which have 60. */
const MOST_PIXELS = 1_000_000;
/** What reading all of them may take beyond what the process has, whatever the files say. */
const MOST_MIB = 400;

type Files = Readonly<Record<string, Uint8Array>>;

const text = (content: string): Uint8Array => Buffer.from(content);
const counted = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index % 256);

/** Small pictures, of which no two are the same. */
const picture = (red: number, format: "png" | "jpeg"): Promise<Uint8Array> =>
  sharp({ create: { width: 6, height: 10, channels: 3, background: { r: red, g: 7, b: 200 } } })
    [format]()
    .toBuffer();

async function writeFiles(root: string, files: Files): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), content);
  }
  return root;
}

/** What lies in a folder and those in it. */
async function filesOf(root: string): Promise<Files> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file.slice(root.length + 1), await readFile(file)] as const)),
  );
}

async function pictures(): Promise<Files> {
  return {
    "train/cats/a.png": await picture(10, "png"),
    "train/dogs/b.jpg": await picture(60, "jpeg"),
    "test/cats/c.png": await picture(90, "png"),
    "test/dogs/d.jpg": await picture(200, "jpeg"),
  };
}

async function shards(...names: readonly string[]): Promise<Files> {
  const root = await temporaryDirectory();
  for (const name of names) {
    await cp(fileURLToPath(golden(`shards/${name}`)), join(root, name), { recursive: true });
  }
  return filesOf(root);
}

async function prepared(): Promise<Files> {
  const [from, to] = [await writeFiles(await temporaryDirectory(), await pictures()), await temporaryDirectory()];
  await prepareShards(from, join(to, "packed"), { shorterSide: 6, picturesPerShard: 1 });
  return filesOf(join(to, "packed"));
}

/** ILSVRC 2012's archives, with the development kit. */
async function imagenet(): Promise<Files> {
  const [from, to] = [await temporaryDirectory(), await temporaryDirectory()];
  const wnids = ["n01440764", "n02100735"];
  for (const [label, wnid] of wnids.entries()) {
    await writeFiles(from, { [`${wnid}_0.JPEG`]: await picture(90 * label, "jpeg") });
    await create({ file: join(from, `${wnid}.tar`), cwd: from }, [`${wnid}_0.JPEG`]);
    await writeFiles(from, { [`ILSVRC2012_val_0000000${label + 1}.JPEG`]: await picture(200 + label, "jpeg") });
  }
  const archives = wnids.map((wnid) => `${wnid}.tar`);
  const validation = [1, 2].map((number) => `ILSVRC2012_val_0000000${number}.JPEG`);
  await create({ file: join(to, "ILSVRC2012_img_train.tar"), cwd: from }, archives);
  await create({ file: join(to, "ILSVRC2012_img_val.tar"), cwd: from }, validation);
  return {
    ...(await filesOf(to)),
    "data/meta.mat": await readFile(golden("meta.mat")),
    "data/ILSVRC2012_validation_ground_truth.txt": text("2\n300\n"),
    "synset_words.txt": text("n01440764 tench, Tinca tinca\nn02100735 English setter\n"),
  };
}

const kinds: readonly (readonly [string, () => Files | Promise<Files>])[] = [
  [
    "IDX",
    () => ({
      "train-images-idx3-ubyte": idx([3, 4, 5], counted(60)),
      "train-labels-idx1-ubyte": idx([3], [2, 0, 1]),
      "t10k-images-idx3-ubyte.gz": gzipSync(idx([2, 4, 5], counted(40))),
      "t10k-labels-idx1-ubyte.gz": gzipSync(idx([2], [1, 2])),
    }),
  ],
  [
    "EMNIST",
    () => ({
      "emnist-letters-train-images-idx3-ubyte": idx([2, 4, 5], counted(40)),
      "emnist-letters-train-labels-idx1-ubyte": idx([2], [1, 2]),
      "emnist-letters-test-images-idx3-ubyte": idx([2, 4, 5], counted(40)),
      "emnist-letters-test-labels-idx1-ubyte": idx([2], [1, 2]),
      "emnist-letters-mapping.txt": text("1 65 97\n2 66 98\n"),
    }),
  ],
  [
    "CIFAR-100",
    () => ({
      "train.bin": Uint8Array.from(counted(2 * 3074)),
      "test.bin": Uint8Array.from(counted(3074)),
      "fine_label_names.txt": text(counted(100).join("\n")),
    }),
  ],
  ["pictures in folders", pictures],
  ["tar archives", () => shards("train-000000.tar", "train-000001.tar", "val-000000.tar")],
  ["prepared shards", prepared],
  ["Parquet", () => shards("data")],
  ["ImageNet", imagenet],
];

/** Reads a folder as a training does, and tells whether it could. It may fail, but only by an error of ours. */
async function readFuzzed(root: string): Promise<boolean> {
  try {
    for (const split of ["train", "test"] as const) {
      const source = await openImages(root, { split });
      const dataset = imageDataset(source, { size: [4, 5], workers: 0, mostPixels: MOST_PIXELS });
      try {
        await dataset.batch(Array.from({ length: Math.min(8, source.labels.length) }, (_, index) => index));
      } finally {
        await dataset.dispose?.();
      }
    }
    return true;
  } catch (error) {
    if (!isAlexNetError(error)) throw error;
    expect(error.message).not.toBe("");
    return false;
  }
}

describe(`${FILES} folders with a damaged file`, () => {
  it.each(kinds)(
    "of %s are read or refused, each in time and within its memory",
    async (_, make) => {
      const files = await make();
      const root = await writeFiles(await temporaryDirectory(), files);
      expect(await readFuzzed(root)).toBe(true);
      const random = randomNumbers(SEED);
      const names = Object.keys(files).toSorted();
      const before = process.resourceUsage().maxRSS;
      let count = 0;
      for (let index = 0; index < FILES; index++) {
        const name = names[index % names.length]!;
        const bytes = damaged(files[name]!, random);
        await writeFile(join(root, name), bytes);
        const start = performance.now();
        try {
          if (await readFuzzed(root)) count++;
          expect(performance.now() - start).toBeLessThan(MOST_MILLISECONDS);
        } catch (cause) {
          const damage = Buffer.from(bytes).toString("base64").slice(0, 4000);
          throw new Error(`${name}, file ${index} of seed ${SEED}, failed: ${damage}`, { cause });
        }
        await writeFile(join(root, name), files[name]!);
      }
      expect((process.resourceUsage().maxRSS - before) / 1024).toBeLessThan(MOST_MIB);
      // Files that were hurt in a pixel or a name are still read: damage does reach what is behind the headers.
      expect(count).toBeGreaterThan(FILES / 100);
      expect(count).toBeLessThan(FILES);
    },
    3_600_000,
  );
});
