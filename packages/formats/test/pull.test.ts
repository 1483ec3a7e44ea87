import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { InvalidArgumentError, WeightsError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { fileServer, sendingOnly, serving } from "../../files/test/file-server.js";
import { isPulled, type PretrainedWeights, pretrainedPath, pretrainedWeights, pullWeights } from "../src/node.js";
import { temporaryDirectory } from "./helpers.js";

const bytes = Buffer.from(Array.from({ length: 100_000 }, (_, index) => (index * 7) & 255));

/** Published by a server of this machine. */
function published(address: string): PretrainedWeights {
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  return {
    ...pretrainedWeights[0]!,
    name: "test/weights",
    file: "weights.bin",
    mirrors: [address],
    sha256,
    bytes: bytes.length,
  };
}

describe("pullWeights", () => {
  it("fetches weights, tells how far that is, and finds them there the next time", async () => {
    const server = await fileServer(serving({ "weights.bin": bytes }));
    const directory = join(await temporaryDirectory(), "not", "there", "yet");
    const weights = published(server.address);
    const told: number[] = [];
    expect(isPulled(weights, directory)).toBe(false);
    const path = await pullWeights(weights, {
      directory,
      onProgress: ({ bytes: arrived, total }) => told.push(arrived / total),
    });
    expect(path).toBe(pretrainedPath(weights, directory));
    expect((await readFile(path)).equals(bytes)).toBe(true);
    expect(told.at(-1)).toBe(1);
    expect(await readdir(directory)).toEqual(["weights.bin"]);
    await pullWeights(weights, { directory });
    expect(server.requests).toEqual(["/weights.bin"]);
    expect(isPulled(weights, directory)).toBe(true);
  });

  it("goes on where it was stopped", async () => {
    const directory = await temporaryDirectory();
    const controller = new AbortController();
    const slow = await fileServer(sendingOnly(60_000, bytes));
    const stopped = pullWeights(published(slow.address), {
      directory,
      signal: controller.signal,
      onProgress: ({ bytes: arrived }) => arrived >= 60_000 && controller.abort(new Error("enough")),
    });
    await expect(stopped).rejects.toThrow("enough");
    expect(await readdir(directory)).toEqual(["weights.bin.part"]);
    const server = await fileServer(serving({ "weights.bin": bytes }));
    await pullWeights(published(server.address), { directory });
    expect(server.requests).toEqual(["/weights.bin bytes=60000-"]);
  });

  it("refuses a file whose SHA-256 or size differs, and does not keep it", async () => {
    const other = Buffer.from(bytes);
    other[5]! ^= 1;
    for (const [wrong, message] of [
      [other, /its SHA-256 is [0-9a-f]{64}, and should be [0-9a-f]{64}; deleted/],
      [bytes.subarray(1), /it has 99999 bytes, and should have 100000; deleted/],
    ] as const) {
      const server = await fileServer(serving({ "weights.bin": wrong }));
      const directory = await temporaryDirectory();
      const refused = pullWeights(published(server.address), { directory });
      await expect(refused).rejects.toThrow(WeightsError);
      await expect(refused).rejects.toThrow(message);
      expect(await readdir(directory)).toEqual([]);
    }
  });

  it("tries the next mirror, and names them all when none has it", async () => {
    const [empty, full] = [await fileServer(serving({})), await fileServer(serving({ "weights.bin": bytes }))];
    const directory = await temporaryDirectory();
    await pullWeights(published("http://127.0.0.1:1/"), { directory, mirrors: [empty.address, full.address] });
    const elsewhere = await temporaryDirectory();
    const failed = pullWeights(published(empty.address), { directory: elsewhere });
    await expect(failed).rejects.toThrow(/weights\.bin: the server answered 404/);
  });

  it("replaces a file that is not what was published, which it moves aside", async () => {
    const server = await fileServer(serving({ "weights.bin": bytes }));
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "weights.bin"), "mine");
    await pullWeights(published(server.address), { directory });
    expect(await readFile(join(directory, "weights.bin.replaced"), "utf8")).toBe("mine");
  });

  it("refuses a name that is not there, and a mirror that is no address", async () => {
    await expect(pullWeights("torchvision/alexne")).rejects.toThrow(InvalidArgumentError);
    await expect(pullWeights("torchvision/alexne")).rejects.toThrow(/Did you mean "torchvision\/alexnet"\?/);
    const directory = await temporaryDirectory();
    await expect(pullWeights("caffe/alexnet", { directory, mirrors: ["ftp://x/"] })).rejects.toThrow(
      /A mirror is an http/,
    );
    expect(existsSync(join(directory, "bvlc_alexnet.caffemodel"))).toBe(false);
  });

  it("keeps weights in the folder that the environment names", () => {
    const { ALEXNET_CACHE_DIR: before } = process.env;
    process.env.ALEXNET_CACHE_DIR = join("some", "where");
    try {
      expect(pretrainedPath("torchvision/alexnet")).toBe(join("some", "where", "weights", "alexnet-owt-7be5be79.pth"));
    } finally {
      if (before === undefined) delete process.env.ALEXNET_CACHE_DIR;
      else process.env.ALEXNET_CACHE_DIR = before;
    }
  });
});

describe("the published weights", () => {
  it("have what it takes to fetch and to judge them", () => {
    for (const { name, file, mirrors, sha256, bytes: size, licence } of pretrainedWeights) {
      expect(name).toMatch(/^[a-z]+\/[a-z0-9-]+$/);
      expect(sha256).toMatch(/^[0-9a-f]{64}$/);
      // PyTorch's files have the start of it in their names.
      if (file.endsWith(".pth")) expect(sha256.startsWith(/-([0-9a-f]{8})\.pth$/.exec(file)![1]!)).toBe(true);
      expect(size).toBeGreaterThan(2e8);
      expect(mirrors.length).toBeGreaterThan(0);
      expect(licence).not.toBe("");
    }
  });
});
