import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { DatasetError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { readIdx } from "../src/index.js";
import { gzippedIdx, idx, temporaryDirectory } from "./helpers.js";

describe("readIdx", () => {
  it.each([
    ["plain", idx([2, 1, 3], [1, 2, 3, 4, 5, 255])],
    ["gzipped", gzippedIdx([2, 1, 3], [1, 2, 3, 4, 5, 255])],
  ])("reads a %s file with its shape", async (_, bytes) => {
    const { shape, data } = await readIdx(await written(bytes));
    expect(shape).toEqual([2, 1, 3]);
    expect([...data]).toEqual([1, 2, 3, 4, 5, 255]);
  });

  const large = gzippedIdx(
    [100, 28, 28],
    Array.from({ length: 78400 }, (_, index) => (index * index) % 251),
  );

  it.each([
    ["an empty file", Buffer.alloc(0), /truncated: an IDX file starts with 4 bytes, and it holds 0/],
    ["another kind of file", Buffer.from("PNG...."), /not an IDX file of unsigned bytes: it starts with 0x504e472e/],
    ["another element type", Buffer.from([0, 0, 0x0d, 1, 0, 0, 0, 0]), /starts with 0x00000d01/],
    ["a cut header", idx([2, 3], [0, 0, 0, 0, 0, 0]).subarray(0, 9), /2 axes takes 12 bytes, and it holds 9/],
    ["missing values", idx([2, 3], [1, 2, 3, 4]), /truncated: an IDX file of \[2, 3\] takes 18 bytes, and it holds 16/],
    ["too many values", idx([2, 3], [1, 2, 3, 4, 5, 6, 7]), /too long: .* takes 18 bytes, and it holds 19/],
    ["missing values, gzipped", gzippedIdx([2, 3], [1, 2, 3, 4]), /takes 18 bytes, and it holds 16/],
    [
      "a cut gzip file",
      large.subarray(0, large.byteLength / 2),
      /truncated: .*\[100, 28, 28\] takes 78416 bytes, and it holds \d+/,
    ],
    ["a gzip file without its end", large.subarray(0, -4), /truncated: the checksum at the end/],
    ["a damaged gzip file", flipped(large), /damaged: its gzip data cannot be read/],
    ["a gzipped file of something else", gzipSync("not idx at all"), /not an IDX file/],
  ])("refuses %s, naming the file", async (_, bytes, message) => {
    const path = await written(bytes);
    const error: unknown = await readIdx(path).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(DatasetError);
    expect((error as Error).message).toContain(path);
    expect((error as Error).message).toMatch(message);
  });

  it("reads no more than it is told to, nor inflates more", async () => {
    const path = join(await temporaryDirectory(), "images.gz");
    await writeFile(path, gzippedIdx([4 * 2 ** 20], new Uint8Array(4 * 2 ** 20)));
    expect((await readIdx(path)).data.length).toBe(4 * 2 ** 20);
    await expect(readIdx(path, { mostBytes: 2 ** 20 })).rejects.toThrow(
      "its gzip data cannot be read (there are more than 1048576 bytes in it)",
    );
    await expect(readIdx(path, { mostBytes: 100 })).rejects.toThrow(
      /it has \d+ bytes, more than the 100 that are read/,
    );
  });

  it("names a file that is not there", async () => {
    const path = join(await temporaryDirectory(), "missing");
    await expect(readIdx(path)).rejects.toThrow(DatasetError);
    await expect(readIdx(path)).rejects.toThrow(path);
  });
});

async function written(bytes: Buffer): Promise<string> {
  const path = join(await temporaryDirectory(), "file-idx-ubyte");
  await writeFile(path, bytes);
  return path;
}

function flipped(bytes: Buffer): Buffer {
  const damaged = Buffer.from(bytes);
  damaged[damaged.byteLength - 6]! ^= 0xff;
  return damaged;
}
