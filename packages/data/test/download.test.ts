import { createHash } from "node:crypto";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError, InvalidArgumentError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { type Answer, fileServer, sendingOnly, serving } from "../../files/test/file-server.js";
import { type DownloadOptions, type DownloadProgress, downloadPublished } from "../src/download/download-published.js";
import { downloadDataset } from "../src/index.js";
import { loadPublished } from "../src/published/load-published.js";
import type { Manifest } from "../src/published/manifest.js";
import { temporaryDirectory } from "./helpers.js";
import { tinyByContent, tinyFiles, tinyManifest } from "./tiny.js";

/** Bytes that look random, in place of a large file. */
const large = Buffer.concat(
  Array.from({ length: 10_000 }, (_, index) => createHash("sha256").update(`${index}`).digest()),
);
const files = { ...tinyFiles, "train-images.gz": large };
const half = large.byteLength / 2;

describe("a download", () => {
  it("fetches the files of a split, and only those", async () => {
    const { address, requests } = await fileServer(serving(files));
    const directory = join(await temporaryDirectory(), "made", "for it");
    await downloadTrain(tinyManifest(files), { directory, mirrors: [address] });
    expect((await readdir(directory)).sort()).toEqual(["train-images.gz", "train-labels.gz"]);
    expect((await readFile(join(directory, "train-images.gz"))).equals(large)).toBe(true);
    expect(requests).toEqual(["/train-images.gz", "/train-labels.gz"]);
  });

  it("leaves alone what is there and right", async () => {
    const { address, requests } = await fileServer(serving(files));
    const directory = await directoryWith("train-images.gz", large);
    await downloadTrain(tinyManifest(files), { directory, mirrors: [address] });
    expect(requests).toEqual(["/train-labels.gz"]);
  });

  it("replaces what is there and wrong, and keeps it", async () => {
    const { address } = await fileServer(serving(files));
    const directory = await directoryWith("train-images.gz", Buffer.from("mine"));
    await downloadTrain(tinyManifest(files), { directory, mirrors: [address] });
    expect((await readFile(join(directory, "train-images.gz"))).equals(large)).toBe(true);
    expect(await readFile(join(directory, "train-images.gz.replaced"), "utf8")).toBe("mine");
  });

  it("that fails leaves what is there and wrong in its place", async () => {
    const { address } = await fileServer((response) => response.writeHead(404).end());
    const directory = await directoryWith("train-images.gz", Buffer.from("mine"));
    await failure({ directory, mirrors: [address] });
    expect(await readdir(directory)).toEqual(["train-images.gz"]);
  });

  it("is made by a dataset that is asked to, whose images can be used at once", async () => {
    const { address } = await fileServer(serving(tinyFiles));
    const directory = await temporaryDirectory();
    const options = { directory, split: "train", mirrors: [address], download: true } as const;
    for (const manifest of [tinyManifest(), tinyByContent]) {
      expect([...(await loadPublished(manifest, options)).labels]).toEqual([1, 0, 1]);
    }
  });

  it("reports how far it is", async () => {
    const { address } = await fileServer(serving(files));
    const events: DownloadProgress[] = [];
    await downloadImages({
      directory: await temporaryDirectory(),
      mirrors: [address],
      onProgress: (e) => events.push(e),
    });
    const ofImages = events.filter(({ file }) => file === "train-images.gz");
    expect(ofImages.length).toBeGreaterThan(1);
    expect(ofImages.map(({ bytes }) => bytes)).toEqual(ofImages.map(({ bytes }) => bytes).sort((a, b) => a - b));
    expect(ofImages.at(-1)).toEqual({
      file: "train-images.gz",
      url: `${address}train-images.gz`,
      bytes: large.byteLength,
      total: large.byteLength,
    });
  });

  it("goes on where an earlier one stopped", async () => {
    const { address, requests } = await fileServer(serving(files));
    const directory = await directoryWith("train-images.gz.part", large.subarray(0, half));
    const events: DownloadProgress[] = [];
    await downloadImages({ directory, mirrors: [address], onProgress: (event) => events.push(event) });
    await expectImages(directory);
    expect(requests[0]).toBe(`/train-images.gz bytes=${half}-`);
    expect(events[0]?.bytes).toBeGreaterThan(half);
    expect(events[0]?.total).toBe(large.byteLength);
  });

  it("starts anew where the server ignores the range", async () => {
    const { address, requests } = await fileServer((response, { url }) =>
      response.end(files[url?.slice(1) as keyof typeof files]),
    );
    const directory = await directoryWith("train-images.gz.part", large.subarray(0, half));
    await downloadImages({ directory, mirrors: [address] });
    await expectImages(directory);
    expect(requests).toEqual([`/train-images.gz bytes=${half}-`, "/train-labels.gz"]);
  });

  it("goes to the next mirror when one sends another range than asked for", async () => {
    const first = await fileServer((response) =>
      response.writeHead(206, { "content-range": `bytes 0-${large.byteLength - 1}/${large.byteLength}` }).end(large),
    );
    const second = await fileServer(serving(files));
    const directory = await directoryWith("train-images.gz.part", large.subarray(0, half));
    await downloadImages({ directory, mirrors: [first.address, second.address] });
    await expectImages(directory);
    expect(second.requests[0]).toBe(`/train-images.gz bytes=${half}-`);
  });

  it("asks for nothing when the part is whole", async () => {
    const { address, requests } = await fileServer(serving(files));
    const directory = await directoryWith("train-images.gz.part", large);
    await downloadImages({ directory, mirrors: [address] });
    await expectImages(directory);
    expect(requests).toEqual(["/train-labels.gz"]);
  });

  it.each([
    ["is of something else", Buffer.alloc(1000, 7)],
    ["is longer than the file", Buffer.alloc(large.byteLength + 1, 7)],
  ])("starts anew when the part %s", async (_, part) => {
    const { address } = await fileServer(serving(files));
    const directory = await directoryWith("train-images.gz.part", part);
    await downloadImages({ directory, mirrors: [address] });
    await expectImages(directory);
  });

  it("resumes after a dropped connection", async () => {
    const { address, requests, drop } = await fileServer((response, request, index) =>
      (index < 2 ? sendingOnly(100_000, large) : serving(files))(response, request, index),
    );
    const directory = await temporaryDirectory();
    const onProgress = ({ bytes }: DownloadProgress) => {
      if (bytes === 100_000 || bytes === 200_000) {
        drop();
      }
    };
    await downloadImages({ directory, mirrors: [address], onProgress });
    await expectImages(directory);
    expect(requests.slice(0, 3)).toEqual([
      "/train-images.gz",
      "/train-images.gz bytes=100000-",
      "/train-images.gz bytes=200000-",
    ]);
  });

  it("goes on at the next mirror after a stall", async () => {
    const stalling = await fileServer((response, request, index) =>
      sendingOnly(index === 0 ? half : 0, large)(response, request, index),
    );
    const working = await fileServer(serving(files));
    const directory = await temporaryDirectory();
    await downloadImages({ directory, mirrors: [stalling.address, working.address], stallTimeout: 300 });
    await expectImages(directory);
    expect(stalling.requests.length).toBeGreaterThan(0);
    expect(working.requests[0]).toBe(`/train-images.gz bytes=${half}-`);
  });

  it.each([
    ["before the first byte", 0],
    ["in the middle", 1000],
  ])("says that a mirror stalled %s", async (_, sent) => {
    const { address } = await fileServer(sendingOnly(sent, large));
    const error = await failure({ directory: await temporaryDirectory(), mirrors: [address], stallTimeout: 150 });
    expect(error.message).toContain("train-images.gz: no data for 0.15 s");
  });

  it.each<[string, Answer]>([
    ["does not have the file", (response) => response.writeHead(404).end()],
    ["is broken", (response) => response.writeHead(500).end()],
    ["has another file", serving({ ...files, "train-images.gz": Buffer.from("something else") })],
    ["hangs up", (response) => void response.destroy()],
    ["redirects for ever", (response) => response.writeHead(302, { location: "/again" }).end()],
  ])("goes to the next mirror when one %s", async (_, answer) => {
    const first = await fileServer(answer);
    const second = await fileServer(serving(files));
    const directory = await temporaryDirectory();
    await downloadImages({ directory, mirrors: [first.address, second.address] });
    await expectImages(directory);
    expect(first.requests[0]).toBe("/train-images.gz");
    expect(second.requests[0]).toBe("/train-images.gz");
  });

  it("follows a redirect", async () => {
    const target = await fileServer(serving(files));
    const { address } = await fileServer((response, request) =>
      response.writeHead(301, { location: `${target.address}moved${request.url}` }).end(),
    );
    const directory = await temporaryDirectory();
    await downloadImages({ directory, mirrors: [address] });
    await expectImages(directory);
    expect(target.requests[0]).toBe("/moved/train-images.gz");
  });

  it("takes a gzip file as it is when the server calls that an encoding", async () => {
    const { address } = await fileServer((response, request) => {
      const bytes = tinyFiles[request.url!.slice(1)]!;
      response.writeHead(200, { "content-encoding": "gzip", "content-length": bytes.byteLength }).end(bytes);
    });
    const directory = await temporaryDirectory();
    await downloadTrain(tinyManifest(), { directory, mirrors: [address] });
    expect((await readFile(join(directory, "train-images.gz"))).equals(tinyFiles["train-images.gz"]!)).toBe(true);
  });

  it("says what went wrong at each mirror, and deletes a file with another MD5", async () => {
    const missing = await fileServer((response) => response.writeHead(404).end());
    const wrong = await fileServer((response) => response.end("something else"));
    const directory = await temporaryDirectory();
    const error = await failure({ directory, mirrors: [missing.address, wrong.address] });
    expect(error).toBeInstanceOf(DatasetError);
    expect(error.message).toContain(`Cannot download ${join(directory, "train-images.gz")}`);
    expect(error.message).toContain(`${missing.address}train-images.gz: the server answered 404 Not Found`);
    const [found, expected] = ["something else", large].map((bytes) => createHash("md5").update(bytes).digest("hex"));
    expect(error.message).toContain(
      `${wrong.address}train-images.gz: its MD5 is ${found}, and should be ${expected}; deleted`,
    );
    expect(await readdir(directory)).toEqual([]);
  });

  it("keeps what has arrived when all mirrors fail, and says so", async () => {
    const { address, drop } = await fileServer((response, request, index) =>
      index === 0 ? sendingOnly(1000, large)(response, request, index) : void response.destroy(),
    );
    const directory = await temporaryDirectory();
    const error = await failure({ directory, mirrors: [address], onProgress: drop });
    expect(error.message).toContain("What has arrived is kept for the next attempt.");
    expect((await readFile(join(directory, "train-images.gz.part"))).equals(large.subarray(0, 1000))).toBe(true);
  });

  it("gives up on a server that keeps losing the connection", async () => {
    const { address, requests, drop } = await fileServer(sendingOnly(10, large));
    const error = await failure({ directory: await temporaryDirectory(), mirrors: [address], onProgress: drop });
    expect(error).toBeInstanceOf(DatasetError);
    expect(requests.length).toBe(5);
  });

  it("names a server that cannot be reached", async () => {
    const error = await failure({ directory: await temporaryDirectory(), mirrors: ["http://127.0.0.1:1/"] });
    expect(error.message).toMatch(/http:\/\/127\.0\.0\.1:1\/train-images\.gz: .*ECONNREFUSED/);
  });

  it("stops when it is aborted, keeps what has arrived, and goes on from there the next time", async () => {
    const stopping = new AbortController();
    const slow = await fileServer(sendingOnly(half, large));
    const directory = await temporaryDirectory();
    const aborted = downloadImages({
      directory,
      mirrors: [slow.address, slow.address],
      signal: stopping.signal,
      onProgress: ({ bytes }) => {
        if (bytes === half) {
          stopping.abort(new Error("the user pressed Ctrl+C"));
        }
      },
    });
    await expect(aborted).rejects.toThrow("the user pressed Ctrl+C");
    expect(slow.requests.length).toBe(1);
    expect(await readdir(directory)).toEqual(["train-images.gz.part"]);
    const working = await fileServer(serving(files));
    await downloadImages({ directory, mirrors: [working.address] });
    await expectImages(directory);
    expect(working.requests[0]).toBe(`/train-images.gz bytes=${half}-`);
  });

  it("does not start when it is aborted before", async () => {
    const { address, requests } = await fileServer(serving(files));
    const options = { directory: await temporaryDirectory(), mirrors: [address], signal: AbortSignal.abort() };
    await expect(downloadImages(options)).rejects.toThrow(expect.objectContaining({ name: "AbortError" }));
    expect(requests).toEqual([]);
  });

  it("names a directory that cannot be made", async () => {
    const occupied = join(await directoryWith("file", Buffer.from("")), "file");
    const error = await failure({ directory: occupied, mirrors: ["http://127.0.0.1:1/"] });
    expect(error).toBeInstanceOf(DatasetError);
    expect(error.message).toContain(occupied);
  });

  it.each(["not an address", "ftp://example.org/", "file:///data"])("refuses the mirror %j", async (mirror) => {
    const error = await failure({ directory: await temporaryDirectory(), mirrors: [mirror] });
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toContain(JSON.stringify(mirror));
  });
});

describe("downloadDataset", () => {
  it("asks the given mirrors for the files of each split", async () => {
    const { address, requests } = await fileServer((response) => response.writeHead(404).end());
    const directory = await temporaryDirectory();
    for (const name of ["mnist", "fashion-mnist"] as const) {
      for (const split of ["train", "test"] as const) {
        const mirrors = [`${address}${name}`];
        await expect(downloadDataset(name, { directory, mirrors, splits: [split] })).rejects.toThrow(DatasetError);
      }
    }
    expect(requests).toEqual([
      "/mnist/train-images-idx3-ubyte.gz",
      "/mnist/t10k-images-idx3-ubyte.gz",
      "/fashion-mnist/train-images-idx3-ubyte.gz",
      "/fashion-mnist/t10k-images-idx3-ubyte.gz",
    ]);
  });

  it("refuses a dataset it does not know", async () => {
    const options = { directory: await temporaryDirectory() };
    await expect(downloadDataset("toString" as "mnist", options)).rejects.toThrow(InvalidArgumentError);
    await expect(downloadDataset("cifar" as "mnist", options)).rejects.toThrow('No dataset "cifar"');
  });
});

function downloadTrain(manifest: Manifest, options: DownloadOptions): Promise<void> {
  const { images, labels } = manifest.splits.train;
  return downloadPublished(manifest, [images, labels], options);
}

function downloadImages(options: DownloadOptions): Promise<void> {
  return downloadTrain(tinyManifest(files), options);
}

async function failure(options: DownloadOptions): Promise<Error> {
  const outcome: unknown = await downloadImages(options).catch((reason: unknown) => reason);
  expect(outcome).toBeInstanceOf(Error);
  return outcome as Error;
}

async function expectImages(directory: string): Promise<void> {
  expect((await readdir(directory)).sort()).toEqual(["train-images.gz", "train-labels.gz"]);
  expect((await readFile(join(directory, "train-images.gz"))).equals(large)).toBe(true);
}

async function directoryWith(name: string, bytes: Buffer): Promise<string> {
  const directory = await temporaryDirectory();
  await writeFile(join(directory, name), bytes);
  return directory;
}
