import { copyFile, link, mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type TensorMap, tensor, WeightsError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { readSafetensors, writeSafetensors } from "../src/node.js";
import { golden, temporaryDirectory } from "./helpers.js";

const weights: TensorMap = { "fc8.weight": tensor([2, 2], [1, 2, 3, 4]) };

describe("writeSafetensors", () => {
  it("writes what readSafetensors reads", async () => {
    const path = join(await temporaryDirectory(), "weights.safetensors");
    await writeSafetensors(path, weights, { model: "lenet5" });
    expect(await readSafetensors(path)).toEqual({
      tensors: weights,
      types: { "fc8.weight": "float32" },
      skipped: {},
      metadata: { model: "lenet5" },
    });
  });

  it("replaces an older file without writing into it, and leaves nothing else behind", async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, "weights.safetensors");
    await writeFile(path, "old");
    await link(path, join(directory, "same"));
    await writeSafetensors(path, weights);
    expect((await readSafetensors(path)).tensors).toEqual(weights);
    expect(await readFile(join(directory, "same"), "utf8")).toBe("old");
    expect((await readdir(directory)).sort()).toEqual(["same", "weights.safetensors"]);
  });

  it("leaves no temporary file behind, and what was there untouched, when it fails", async () => {
    const directory = await temporaryDirectory();
    const occupied = join(directory, "weights.safetensors");
    await mkdir(join(occupied, "inside"), { recursive: true });
    await expect(writeSafetensors(occupied, weights)).rejects.toThrow(WeightsError);
    await expect(writeSafetensors(occupied, weights)).rejects.toThrow(occupied);
    expect(await readdir(directory)).toEqual(["weights.safetensors"]);
    expect(await readdir(occupied)).toEqual(["inside"]);
  });

  it("leaves the older file untouched when the tensors cannot be encoded", async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, "weights.safetensors");
    await writeFile(path, "old");
    await expect(writeSafetensors(path, { a: { shape: [2], data: new Float32Array(1) } })).rejects.toThrow(/"a"/);
    expect(await readFile(path, "utf8")).toBe("old");
    expect(await readdir(directory)).toEqual(["weights.safetensors"]);
  });

  it("names a folder that is not there", async () => {
    const path = join(await temporaryDirectory(), "missing", "weights.safetensors");
    await expect(writeSafetensors(path, weights)).rejects.toThrow(
      `Cannot write the weights to ${path}: it is not there`,
    );
  });
});

describe("readSafetensors", () => {
  it("reads F32 and F64 tensors without a copy", async () => {
    const path = join(await temporaryDirectory(), "float.safetensors");
    await copyFile(golden("float.safetensors"), path);
    const { tensors } = await readSafetensors(path);
    expect(tensors["conv1.weight"]?.data.buffer).toBe(tensors.wide?.data.buffer);
  });

  it("names a file that is not there", async () => {
    const path = join(await temporaryDirectory(), "missing.safetensors");
    await expect(readSafetensors(path)).rejects.toThrow(WeightsError);
    await expect(readSafetensors(path)).rejects.toThrow(`${path}: it is not there (ENOENT)`);
  });

  it("names a damaged file and what is wrong with it", async () => {
    const path = join(await temporaryDirectory(), "cut.safetensors");
    await writeFile(path, (await readFile(golden("float.safetensors"))).subarray(0, 500));
    await expect(readSafetensors(path)).rejects.toThrow(WeightsError);
    await expect(readSafetensors(path)).rejects.toThrow(`${path}: Tensor "conv1.weight" ends at byte 132`);
  });
});
