import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { DatasetError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { readIdx } from "../src/idx/read-idx.js";
import { fashionMnist, mnist } from "../src/index.js";
import { fashionMnistManifest } from "../src/published/fashion-mnist.js";
import { loadPublished } from "../src/published/load-published.js";
import type { Manifest } from "../src/published/manifest.js";
import { md5 } from "../src/published/verify.js";
import { gzippedIdx, realData, temporaryDirectory } from "./helpers.js";
import { tinyByContent, tinyFiles, tinyManifest } from "./tiny.js";

describe("a published dataset on the disk", () => {
  it("is read split by split", async () => {
    const directory = await directoryWith(tinyFiles);
    const train = await loadPublished(tinyManifest(), { directory, split: "train" });
    expect(train).toMatchObject({ name: "tiny train", classNames: ["cat", "dog"], height: 2, width: 2, channels: 1 });
    expect([...train.pixels]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]);
    expect([...train.labels]).toEqual([1, 0, 1]);
    const test = await loadPublished(tinyManifest(), { directory, split: "test" });
    expect([...test.pixels]).toEqual([9, 8, 7, 6]);
  });

  it("may be compressed otherwise, or not at all, where the MD5s are of the content", async () => {
    const again = {
      ...tinyFiles,
      "train-images.gz": gzipSync(gunzipSync(tinyFiles["train-images.gz"]!), { level: 0 }),
    };
    const plain = {
      "train-images": gunzipSync(tinyFiles["train-images.gz"]!),
      "train-labels": gunzipSync(tinyFiles["train-labels.gz"]!),
    };
    for (const files of [again, plain]) {
      const { labels } = await loadPublished(tinyByContent, { directory: await directoryWith(files), split: "train" });
      expect([...labels]).toEqual([1, 0, 1]);
    }
  });

  it("that is not there is named, with the way to get it", async () => {
    const directory = await temporaryDirectory();
    const error = await failure(tinyManifest(), directory);
    expect(error.message).toContain(`train-images.gz of tiny is not in ${directory}. Pass download: true`);
  });

  it("with another file's MD5 is refused, naming file, expected and found", async () => {
    const other = gzippedIdx([3, 2, 2], [9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
    const directory = await directoryWith({ ...tinyFiles, "train-images.gz": other });
    const { message } = await failure(tinyManifest(), directory);
    expect(message).toContain(join(directory, "train-images.gz"));
    expect(message).toContain(md5(other));
    expect(message).toContain(tinyManifest().splits.train.images.md5);
  });

  it("with other content is refused where the MD5s are of the content", async () => {
    const files = { ...tinyFiles, "train-labels.gz": gzippedIdx([3], [1, 1, 1]) };
    const { message } = await failure(tinyByContent, await directoryWith(files));
    expect(message).toContain("the MD5 of the uncompressed");
  });

  it("with a truncated file gives expected and found bytes", async () => {
    const directory = await directoryWith({ ...tinyFiles, "train-labels.gz": gzippedIdx([3], [1]) });
    const { message } = await failure(tinyManifest(), directory);
    expect(message).toContain(`${join(directory, "train-labels.gz")} is truncated: an IDX file of [3] takes 11 bytes`);
  });

  it.each([
    ["fewer labels than images", { "train-labels.gz": gzippedIdx([2], [1, 0]) }, /do not belong together/],
    ["images of another size", { "train-images.gz": gzippedIdx([3, 1, 4], tinyPixels()) }, /\[3, 1, 4\].*\[N, 2, 2\]/],
    ["labels that are no list", { "train-labels.gz": gzippedIdx([3, 1], [0, 1, 0]) }, /do not belong together/],
    ["a label of no class", { "train-labels.gz": gzippedIdx([3], [1, 0, 2]) }, /image 2 as class 2, .* classes 0 to 1/],
  ])("with %s is refused", async (_, changed, message) => {
    const files = { ...tinyFiles, ...changed };
    expect((await failure(tinyManifest(files), await directoryWith(files))).message).toMatch(message);
  });
});

describe("MNIST", () => {
  it.for([
    ["train", [5, 0, 4, 1, 9], [5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]],
    ["test", [7, 2, 1, 0, 4], [980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]],
  ] as const)("for %s has the digits it is known for", async ([split, firstLabels, digits], context) => {
    const directory = dirname(realData(context, "mnist/train-images-idx3-ubyte.gz"));
    const { labels, pixels, name } = await mnist({ directory, split });
    expect(name).toBe(`mnist ${split}`);
    expect([...labels.subarray(0, 5)]).toEqual(firstLabels);
    expect(digits.map((_, digit) => labels.filter((label) => label === digit).length)).toEqual(digits);
    expect(pixels.length).toBe(labels.length * 28 * 28);
  });
});

describe("Fashion-MNIST", () => {
  it.for(["train", "test"] as const)("for %s has the labels whose MD5 is published", async (split, context) => {
    const { name, md5: published } = fashionMnistManifest.splits[split].labels;
    const path = realData(context, `fashion-mnist/${name}`);
    expect(md5(await readFile(path))).toBe(published);
    const { data } = await readIdx(path);
    const perClass = split === "train" ? 6000 : 1000;
    expect(fashionMnistManifest.classNames.map((_, label) => data.filter((other) => other === label).length)).toEqual(
      Array(10).fill(perClass),
    );
  });

  it("is looked for under the names it is published with", async () => {
    const directory = await temporaryDirectory();
    await expect(fashionMnist({ directory, split: "test" })).rejects.toThrow(
      `t10k-images-idx3-ubyte.gz of fashion-mnist is not in ${directory}`,
    );
  });
});

function tinyPixels(): number[] {
  return Array.from({ length: 12 }, (_, index) => index);
}

async function directoryWith(files: Readonly<Record<string, Uint8Array>>): Promise<string> {
  const directory = await temporaryDirectory();
  for (const [name, bytes] of Object.entries(files)) {
    await writeFile(join(directory, name), bytes);
  }
  return directory;
}

async function failure(manifest: Manifest, directory: string): Promise<Error> {
  const error: unknown = await loadPublished(manifest, { directory, split: "train" }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(DatasetError);
  return error as Error;
}
