import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError } from "@alexnet/core";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import type { PictureSource, PrepareOptions, PrepareProgress } from "../src/index.js";
import { builtModule, temporaryDirectory } from "./helpers.js";

const { imageDataset, imageStatistics, openImages, prepareShards } = (await import(
  builtModule("index.js").href
)) as typeof import("../src/index.js");

/** Two classes of ten pictures, some smaller and some larger than 24 pixels, one in gray, and one that is none. */
async function folder(): Promise<string> {
  const root = await temporaryDirectory();
  for (const [name, shade] of [
    ["dark", 10],
    ["light", 180],
  ] as const) {
    await mkdir(join(root, name));
    for (let index = 0; index < 10; index++) {
      const [width, height] = [18 + 3 * index, 50 - 4 * index];
      const channels = index === 4 ? 1 : 3;
      const noise = Uint8Array.from({ length: width * height * channels }, (_, at) => shade + ((at * 13 + index) % 60));
      const picture = sharp(noise, { raw: { width, height, channels } });
      const gray = channels === 1 ? picture.toColourspace("b-w") : picture;
      await (index % 2 === 0 ? gray.png() : gray.jpeg()).toFile(
        join(root, name, `p.${index}.${index % 2 === 0 ? "png" : "jpg"}`),
      );
    }
  }
  await writeFile(join(root, "dark", "broken.png"), "none");
  return root;
}

const options: PrepareOptions = { shorterSide: 24, picturesPerShard: 5, mostBad: 1, splitSeed: 3 };

async function bytesIn(directory: string): Promise<Readonly<Record<string, string>>> {
  const names = (await readdir(directory)).toSorted();
  return Object.fromEntries(
    await Promise.all(
      names.map(async (name) => [name, (await readFile(join(directory, name))).toString("base64")] as const),
    ),
  );
}

describe("prepareShards", () => {
  it("packs pictures that are read as before, smaller, in random order, with what they have in common", async () => {
    const [from, to] = [await folder(), join(await temporaryDirectory(), "packed")];
    const told: PrepareProgress[] = [];
    const left: string[] = [];
    const prepared = await prepareShards(from, to, {
      ...options,
      onProgress: (progress) => told.push(progress),
      onBad: ({ reason }) => left.push(reason),
    });
    expect(prepared.classNames).toEqual(["dark", "light"]);
    expect(prepared.splits.train.pictures + prepared.splits.test.pictures).toBe(20);
    expect(prepared.splits.train.skipped + prepared.splits.test.skipped).toBe(1);
    expect(left).toEqual([expect.stringMatching(/broken\.png cannot be decoded/)]);
    expect(told.at(-1)).toMatchObject({ phase: "statistics", done: prepared.splits.train.pictures });
    expect((await readdir(to)).toSorted()).toEqual([
      ...["classes.txt", "dataset.json", "mean-image.f32", "skipped.txt", "test-000000.tar"],
      ...["train-000000.tar", "train-000001.tar", "train-000002.tar", "train-000003.tar"],
    ]);
    const source = (await openImages(to, { split: "train" })) as PictureSource;
    expect(source.classNames).toEqual(["dark", "light"]);
    // Shards hold both classes.
    expect(new Set(source.labels.subarray(0, 5)).size).toBe(2);
    const size = [24, 24] as const;
    const how = { size, channels: 3, resizeMode: "center-crop", shorterSide: 24 } as const;
    const statistics = await imageStatistics(source, how);
    expect(source.statistics).toEqual({ ...statistics, size });
    // As good as the pictures they came from, but for what JPEG loses.
    const before = (await openImages(from, { split: "train", splitSeed: 3 })) as PictureSource;
    const theirs = await imageStatistics(before, { ...how, mostBad: 1 });
    expect(theirs.count).toBe(statistics.count);
    for (const channel of [0, 1, 2])
      expect(Math.abs(theirs.mean[channel]! - statistics.mean[channel]!)).toBeLessThan(1.5);
  });

  it("keeps small pictures bit for bit, and gray ones gray", async () => {
    const [from, to] = [await folder(), join(await temporaryDirectory(), "packed")];
    await prepareShards(from, to, options);
    const { t: list } = await import("tar");
    const files: string[] = [];
    const contents: Buffer[] = [];
    for (const name of (await readdir(to)).filter((name) => name.endsWith(".tar"))) {
      await list({
        file: join(to, name),
        onReadEntry(entry) {
          files.push(entry.path);
          const chunks: Buffer[] = [];
          entry.on("data", (chunk: Buffer) => chunks.push(chunk)).on("end", () => contents.push(Buffer.concat(chunks)));
        },
      });
    }
    const small = files.indexOf("dark/p_0.png");
    expect(contents[small]).toEqual(await readFile(join(from, "dark", "p.0.png")));
    const gray = await sharp(contents[files.indexOf("dark/p_4.jpg")]!).metadata();
    expect(gray).toMatchObject({ channels: 1, format: "jpeg", width: 24 });
    expect(contents[files.indexOf("light/p_4.cls")]!.toString()).toBe("1");
  });

  it("is the same however often it is interrupted", async () => {
    const from = await folder();
    const whole = join(await temporaryDirectory(), "whole");
    await prepareShards(from, whole, options);
    const to = join(await temporaryDirectory(), "parts");
    for (const limit of [1, 8, 13]) {
      const stop = new AbortController();
      const onProgress = ({ done }: PrepareProgress): void => {
        if (done >= limit) stop.abort(new Error("enough"));
      };
      await expect(prepareShards(from, to, { ...options, onProgress, signal: stop.signal })).rejects.toThrow("enough");
    }
    const first = join(to, "train-000000.tar");
    const { mtimeMs } = await stat(first);
    await prepareShards(from, to, options);
    expect((await stat(first)).mtimeMs).toBe(mtimeMs);
    expect(await bytesIn(to)).toEqual(await bytesIn(whole));
    // And once more changes nothing.
    await prepareShards(from, to, options);
    expect(await bytesIn(to)).toEqual(await bytesIn(whole));
  });

  it("makes what a training takes", async () => {
    const [from, to] = [await folder(), join(await temporaryDirectory(), "packed")];
    await prepareShards(from, to, options);
    const made = imageDataset(await openImages(to, { split: "test" }), { size: [24, 24], workers: 0 });
    const { labels, images } = await made.batch(Array.from({ length: made.length }, (_, index) => index));
    await made.dispose?.();
    // Dark pictures are dark, and light ones light.
    for (const [index, label] of labels.entries()) expect(images.data[index * 3 * 576]! > 0.5).toBe(label === 1);
  });

  it.each<[string, (to: string) => Promise<unknown>, PrepareOptions, RegExp]>([
    ["a folder with something else", (to) => writeFile(join(to, "mine.txt"), ""), options, /holds something else/],
    [
      "more that cannot be read than may be",
      async () => {},
      { ...options, mostBad: 0 },
      /broken\.png cannot be decoded/,
    ],
    [
      "a quality that is none",
      async () => {},
      { quality: 101 },
      /quality must be a whole number from 1 to 100; got 101/,
    ],
  ])("refuses %s", async (_, make, wrong, message) => {
    const [from, to] = [await folder(), await temporaryDirectory()];
    await make(to);
    await expect(prepareShards(from, to, wrong)).rejects.toThrow(message);
  });

  it("refuses shards of other pictures, and images that are not encoded", async () => {
    const [from, to] = [await folder(), join(await temporaryDirectory(), "packed")];
    await prepareShards(from, to, options);
    await expect(prepareShards(from, to, { ...options, shorterSide: 25 })).rejects.toThrow(/made with other options/);
    await rm(join(from, "light", "p.1.jpg"));
    await expect(prepareShards(from, to, options)).rejects.toThrow(DatasetError);
    const idx = await temporaryDirectory();
    await writeFile(
      join(idx, "train-images-idx3-ubyte"),
      Buffer.from([0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 5]),
    );
    await writeFile(join(idx, "train-labels-idx1-ubyte"), Buffer.from([0, 0, 8, 1, 0, 0, 0, 1, 0]));
    await expect(prepareShards(idx, join(to, "x"), {})).rejects.toThrow(/nothing to prepare/);
  });
});
