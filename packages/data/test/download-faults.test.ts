import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { fileServer, serving } from "../../files/test/file-server.js";
import { loadPublished } from "../src/published/load-published.js";
import { temporaryDirectory } from "./helpers.js";
import { tinyByContent, tinyFiles, tinyManifest } from "./tiny.js";

const whole = tinyFiles["train-images.gz"] as Buffer;
const faulty: readonly (readonly [string, Buffer])[] = [
  ["a gzip file without its last ten bytes", whole.subarray(0, -10)],
  ["a gzip file without its last byte", whole.subarray(0, -1)],
  ["a gzip file with one bit turned", Buffer.from(whole.map((byte, at) => (at === 20 ? byte ^ 1 : byte)))],
  ["half a file", whole.subarray(0, whole.length / 2)],
  ["an empty file", Buffer.alloc(0)],
  ["a web page", Buffer.from("\n<!DOCTYPE html><html><body>Please log in</body></html>")],
  ["labels in the place of images", tinyFiles["train-labels.gz"] as Buffer],
];

describe.each([
  ["file", tinyManifest()],
  ["content", tinyByContent],
])("where the MD5 is that of the %s", (_, manifest) => {
  it.each(faulty)("%s is refused by the reader, with the way out", async (_, bytes) => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "train-images.gz"), bytes);
    await expect(loadPublished(manifest, { directory, split: "train" })).rejects.toThrow(
      /train-images\.gz.* Pass download: true to fetch it again\.$/,
    );
  });

  it.each(faulty)("%s on the disk is fetched again, and kept beside it", async (_, bytes) => {
    const { address } = await fileServer(serving(tinyFiles));
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "train-images.gz"), bytes);
    const options = { directory, split: "train", download: true, mirrors: [address] } as const;
    expect([...(await loadPublished(manifest, options)).labels]).toEqual([1, 0, 1]);
    expect((await readFile(join(directory, "train-images.gz.replaced"))).equals(bytes)).toBe(true);
  });

  it.each(faulty)("%s from a mirror is refused by the download, which goes to the next", async (_, bytes) => {
    const bad = await fileServer(serving({ ...tinyFiles, "train-images.gz": bytes }));
    const good = await fileServer(serving(tinyFiles));
    const directory = await temporaryDirectory();
    const options = { directory, split: "train", download: true } as const;
    await expect(loadPublished(manifest, { ...options, mirrors: [bad.address] })).rejects.toThrow("Cannot download");
    expect(await readdir(directory)).toEqual([]);
    const mirrors = [bad.address, good.address];
    expect([...(await loadPublished(manifest, { ...options, mirrors })).labels]).toEqual([1, 0, 1]);
  });
});

it("a file that inflates to more than it may hold is refused before that is done", async () => {
  const bomb = gzipSync(new Uint8Array(2 ** 24));
  const { address } = await fileServer(serving({ ...tinyFiles, "train-images.gz": bomb }));
  const options = { directory: await temporaryDirectory(), split: "train", download: true } as const;
  await expect(loadPublished(tinyByContent, { ...options, mirrors: [address] })).rejects.toThrow(
    /its gzip data cannot be read \(there are more than \d+ bytes in it\)/,
  );
});

it("a web page is called one", async () => {
  const { address } = await fileServer((response) => response.end("<html><body>Please log in</body></html>"));
  const options = {
    directory: await temporaryDirectory(),
    split: "train",
    download: true,
    mirrors: [address],
  } as const;
  await expect(loadPublished(tinyManifest(), options)).rejects.toThrow("it is a web page");
});
