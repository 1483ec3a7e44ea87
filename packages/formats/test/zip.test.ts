import { crc32 as zlibCrc32 } from "node:zlib";
import { WeightsError } from "@alexnet/core";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { budgetFor } from "../src/binary/budget.js";
import { crc32 } from "../src/binary/crc32.js";
import { readZip } from "../src/zip/read-zip.js";

const read = (bytes: Uint8Array) => readZip(bytes, budgetFor(bytes.byteLength));

describe("readZip", () => {
  const data = Uint8Array.from({ length: 1000 }, (_, index) => index % 7);

  it("reads stored files in place, and inflates others", () => {
    const bytes = zipSync({ stored: [data, { level: 0 }], packed: [data, { level: 9 }] });
    const archive = read(bytes);
    expect(archive.names).toEqual(["stored", "packed"]);
    expect(archive.read("stored")).toEqual(data);
    expect(archive.read("stored").buffer).toBe(bytes.buffer);
    expect(archive.read("packed")).toEqual(data);
  });

  it("refuses a file that it does not have, one that is damaged, and a name twice", () => {
    const bytes = zipSync({ ab: [data, { level: 0 }], cd: [data, { level: 9 }] });
    expect(() => read(bytes).read("ef")).toThrow(/lacks "ef"/);
    const damaged = bytes.slice();
    damaged[100]! ^= 1;
    expect(() => read(damaged).read("ab")).toThrow(/"ab".*checksum/);
    const twice = Buffer.from(bytes);
    twice.write("ab", twice.lastIndexOf("cd"));
    expect(() => read(twice)).toThrow(/holds "ab" twice/);
  });

  it("does not inflate a bomb: not what it says, and not more than that", () => {
    const bomb = zipSync({ bomb: [new Uint8Array(100_000_000), { level: 9 }] });
    expect(() => read(bomb).read("bomb")).toThrow(/would take 100000000 bytes/);
    const liar = Buffer.from(bomb);
    const directory = liar.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2]));
    liar.writeUInt32LE(1000, directory + 24);
    expect(() => read(liar).read("bomb")).toThrow(/damaged/);
  });

  it("refuses what is no archive, and an encrypted one", () => {
    expect(() => read(new Uint8Array(100))).toThrow(WeightsError);
    const bytes = Buffer.from(zipSync({ ab: [data, { level: 0 }] }));
    bytes.writeUInt16LE(1, bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 1, 2])) + 8);
    expect(() => read(bytes)).toThrow(/"ab" in the ZIP archive is encrypted/);
  });
});

describe("crc32", () => {
  it("is zlib's, for every length", () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, index) => (index * 37) & 255);
    for (let length = 0; length <= bytes.length; length++) {
      expect(crc32(bytes.subarray(0, length))).toBe(zlibCrc32(bytes.subarray(0, length)));
    }
  });
});
