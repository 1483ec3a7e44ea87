import { readFile } from "node:fs/promises";
import { WeightsError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { decodePytorch } from "../src/index.js";
import { golden } from "./helpers.js";

const expected = JSON.parse(await readFile(golden("torch.json"), "utf8")) as Record<
  string,
  { shape: number[]; data: number[] }
>;

describe.each(["torch-zip.pth", "torch-legacy.pth"])("%s, written by torch.save", (name) => {
  const read = async () => decodePytorch(new Uint8Array(await readFile(golden(name))));

  it("has the shapes and values that PyTorch says, whatever their strides and types", async () => {
    const { tensors } = await read();
    const found = Object.entries(tensors).map(([key, { shape, data }]) => [key, { shape, data: Array.from(data) }]);
    expect(Object.fromEntries(found)).toEqual(expected);
  });

  it("leaves out what is no float, and says its type", async () => {
    expect((await read()).skipped).toEqual({ num_batches_tracked: "int64", flags: "bool" });
  });

  it("has tensors share the storage that they share there", async () => {
    const { tensors } = await read();
    expect(tensors["shared.part"]?.data.buffer).toBe(tensors["shared.whole"]?.data.buffer);
    expect(tensors.wide?.data).toBeInstanceOf(Float64Array);
    expect(tensors.half?.data).toBeInstanceOf(Float32Array);
  });

  it("is refused wherever it is cut off", async () => {
    const bytes = new Uint8Array(await readFile(golden(name)));
    for (let length = 0; length < bytes.length; length += 7) {
      expect(() => decodePytorch(bytes.slice(0, length))).toThrow(WeightsError);
    }
  });
});

describe("decodePytorch", () => {
  const read = async (name: string) => decodePytorch(new Uint8Array(await readFile(golden(name))));

  it("finds the weights of a training's checkpoint, not its momentum", async () => {
    const { tensors, metadata } = await read("torch-checkpoint.pth");
    expect(Object.keys(tensors)).toEqual(["module.0.weight", "module.0.bias", "module.2.weight", "module.2.bias"]);
    expect(metadata).toEqual({ state_dict: "state_dict" });
  });

  it("refuses a pickled module by the name of its class", async () => {
    await expect(read("torch-module.pth")).rejects.toThrow(/"torch\.nn\.modules\.container\.Sequential".*state_dict/s);
  });

  it("refuses a program of TorchScript", async () => {
    await expect(read("torch-script.pt")).rejects.toThrow(/program of TorchScript.*torch\.save/);
  });

  it("refuses a file whose bytes were changed where they are weights", async () => {
    const bytes = new Uint8Array(await readFile(golden("torch-zip.pth")));
    const at = Buffer.from(bytes.buffer).indexOf(Buffer.from(Float32Array.of(2.875).buffer));
    bytes[at]! ^= 1;
    expect(() => decodePytorch(bytes)).toThrow(/checksum does not fit/);
  });

  it("refuses what is none of its files", () => {
    expect(() => decodePytorch(new TextEncoder().encode("hello"))).toThrow(/no file of torch\.save/);
  });
});
