import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { alexnetCaffe, initialParameters, lenet5, parametersOf, sizeOf, type TensorMap } from "@alexnet/core";
import { decodeNpz, decodeSafetensors, encodeNpy, layouts, toLayout } from "@alexnet/formats";
import { writeSafetensors } from "@alexnet/formats/node";
import { describe, expect, it } from "vitest";
import { alexnet, temporaryFolder } from "./cli.js";

const goldens = fileURLToPath(new URL("../../../../packages/formats/test/golden/", import.meta.url));
const model = lenet5();
const parameters = initialParameters(model, 1);
const d2l = layouts.find((layout) => layout.family === "d2l" && layout.model === "lenet5")!;

describe("alexnet inspect", () => {
  const folder = temporaryFolder();

  it("tells what is in a file, in 80 columns", async () => {
    const tensors = toLayout(d2l, model, parameters);
    await writeSafetensors(join(folder(), "theirs.safetensors"), { ...tensors, extra: parameters["conv1.bias"]! });
    const { code, stdout } = await alexnet(folder(), ["inspect", "theirs.safetensors"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/format +safetensors, 247\.\d kB, 11 tensors, 61,712 values/);
    expect(stdout).toMatch(/model +lenet5, as d2l has it/);
    expect(stdout).toMatch(/pictures +resized as a whole; pixels 0 to 1, RGB/);
    expect(stdout).toMatch(/classes +10, without names/);
    expect(stdout).toMatch(/surplus +extra/);
    expect(stdout).toMatch(/net\.0\.weight +\[6,1,5,5\] +float32/);
    for (const line of stdout.split("\n")) expect([...line].length).toBeLessThanOrEqual(80);
  });

  it("says what is missing, and what is not finite", async () => {
    const { "conv1.bias": bias, "fc5.weight": weight, ...rest } = parameters;
    const broken = { shape: weight!.shape, data: weight!.data.slice().fill(Number.NaN, 3, 5) };
    await writeSafetensors(join(folder(), "broken.safetensors"), { ...rest, first: bias!, "fc5.weight": broken });
    const { code, stdout } = await alexnet(folder(), ["inspect", "broken.safetensors"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/model +none that is known; nearest is alexnet's lenet5/);
    expect(stdout).toMatch(/missing +conv1\.bias/);
    expect(stdout).toMatch(/surplus +first/);
    expect(stdout).toMatch(/fc5\.weight .* 2$/m);
    const { stdout: json } = await alexnet(folder(), ["inspect", "broken.safetensors", "--json"]);
    const inspection = JSON.parse(json);
    expect(inspection.missing).toEqual(["conv1.bias"]);
    expect(inspection.tensors.find(({ name }: { name: string }) => name === "fc5.weight")).toMatchObject({ nan: 2 });
  });

  it.each([
    ["torch-checkpoint.pth", "PyTorch"],
    ["numpy.npz", "NumPy archive"],
    ["layers-listed.npy", "NumPy layers"],
    ["small-v1.caffemodel", "Caffe"],
    ["external.onnx", "ONNX"],
  ])("reads %s, by its content", async (name, format) => {
    await copyFile(join(goldens, name), join(folder(), "weights"));
    if (name === "external.onnx") await copyFile(join(goldens, "external.bin"), join(folder(), "external.bin"));
    const { code, stdout } = await alexnet(folder(), ["inspect", "weights", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout).format).toBe(format);
  });

  it("refuses a pickle that would call something, and a file that is none, by their names", async () => {
    await copyFile(join(goldens, "torch-module.pth"), join(folder(), "module.pth"));
    const refused = await alexnet(folder(), ["inspect", "module.pth"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toMatch(/module\.pth.*"torch\.nn\.modules\.container\.Sequential".*Nothing in it was run/s);
    await writeFile(join(folder(), "note.txt"), "These are no weights, whatever they are.");
    const { code, stderr } = await alexnet(folder(), ["inspect", "note.txt"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/note\.txt: This is no file of weights in a format that is read \(\.pth/);
  });
});

describe("alexnet convert", () => {
  const folder = temporaryFolder();

  /** The bytes of all weights, by our names, that a file comes to when it is converted to our own format. */
  async function convertedBack(file: string): Promise<TensorMap> {
    const { code, stderr } = await alexnet(folder(), ["convert", file, "back.safetensors"]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
    return decodeSafetensors(new Uint8Array(await readFile(join(folder(), "back.safetensors")))).tensors;
  }

  it.each(["model.safetensors", "model.npz", "model.onnx", "web/model.json", "web2"])(
    "writes %s, which comes back with the same weights",
    async (file) => {
      await writeSafetensors(join(folder(), "ours.safetensors"), parameters, { classes: '["a","b"]' });
      const { code, stdout, stderr } = await alexnet(folder(), ["convert", "ours.safetensors", file]);
      expect(stderr).toBe("");
      expect(code).toBe(0);
      expect(stdout).toMatch(/lenet5/);
      expect(await convertedBack(file)).toEqual(parameters);
    },
  );

  it("writes a .npy, colors blue first, for Caffe's model", async () => {
    const caffe = alexnetCaffe({ classes: 2 });
    const zeros = parametersOf(caffe).map(({ name, shape }, index) => {
      const data = new Float32Array(sizeOf(shape)).fill(index);
      data[0] = -1;
      return [name, { shape, data }] as const;
    });
    await writeSafetensors(join(folder(), "caffe.safetensors"), Object.fromEntries(zeros), {
      model: "alexnet-caffe",
      options: '{"classes":2}',
    });
    expect((await alexnet(folder(), ["convert", "caffe.safetensors", "caffe.npy"])).code).toBe(0);
    const back = await convertedBack("caffe.npy");
    for (const [name, { data }] of zeros) {
      expect(Buffer.compare(Buffer.from(data.buffer), Buffer.from(back[name]!.data.slice().buffer))).toBe(0);
    }
  });

  it("gives .safetensors and .npz other programs' names", async () => {
    await writeSafetensors(join(folder(), "ours.safetensors"), parameters);
    expect((await alexnet(folder(), ["convert", "ours.safetensors", "d2l.npz", "--layout", "d2l"])).code).toBe(0);
    const { tensors } = decodeNpz(new Uint8Array(await readFile(join(folder(), "d2l.npz"))));
    expect(Object.keys(tensors)).toContain("net.0.weight");
    expect(await convertedBack("d2l.npz")).toEqual(parameters);
  });

  it("keeps a model that the zoo does not have, and how its pictures are prepared", async () => {
    await copyFile(join(goldens, "small.caffemodel"), join(folder(), "small.caffemodel"));
    for (const [from, to] of [
      ["small.caffemodel", "small.onnx"],
      ["small.onnx", "small.safetensors"],
    ] as const) {
      expect((await alexnet(folder(), ["convert", from, to])).code).toBe(0);
    }
    const { stdout } = await alexnet(folder(), ["inspect", "small.safetensors", "--json"]);
    expect(JSON.parse(stdout)).toMatchObject({ models: ["small"], classes: 5, preprocessing: { range: 255 } });
  });

  it("gives the model of Caffe its mean image, which goes wherever the weights go", async () => {
    await copyFile(join(goldens, "small.caffemodel"), join(folder(), "small.caffemodel"));
    const mean = Buffer.concat(encodeNpy({ shape: [3, 16, 14], data: new Float32Array(3 * 16 * 14).fill(100) }));
    await writeFile(join(folder(), "mean.npy"), mean);
    const words = ["convert", "small.caffemodel", "mean.safetensors", "--mean-image", "mean.npy"];
    expect((await alexnet(folder(), words)).code).toBe(0);
    expect((await alexnet(folder(), ["convert", "mean.safetensors", "mean.onnx"])).code).toBe(0);
    const { stdout } = await alexnet(folder(), ["inspect", "mean.onnx"]);
    expect(stdout).toMatch(/pictures +resized as a whole; pixels 0 to 255, RGB; mean image taken off/);
  });

  it.each([
    ["another ending", ["ours.safetensors", "out.xyz"], 2, /out\.xyz ends in \.xyz, which is none of \.safetensors/],
    [
      "names of another model",
      ["ours.safetensors", "out.npz", "--layout", "torchvision"],
      2,
      /torchvision has no lenet5/,
    ],
    [
      "names where there are none",
      ["ours.safetensors", "out.onnx", "--layout", "d2l"],
      2,
      /--layout is for \.safetensors/,
    ],
    [
      "a file that is not there",
      ["nothing.pth", "out.npz"],
      1,
      /Cannot read the weights in nothing\.pth: it is not there/,
    ],
    [
      "a description that is not there",
      ["ours.safetensors", "out.npz", "--prototxt", "no"],
      1,
      /Cannot read no: it is not there/,
    ],
    ["a folder that is not there", ["ours.safetensors", "no/out.npz"], 1, /Cannot write no/],
  ])("refuses %s", async (_, words, expected, message) => {
    await writeSafetensors(join(folder(), "ours.safetensors"), parameters);
    const { code, stderr } = await alexnet(folder(), ["convert", ...words]);
    expect(code).toBe(expected);
    expect(stderr).toMatch(message);
  });
});
