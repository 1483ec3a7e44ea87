import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { initialParameters, lenet5 } from "@alexnet/core";
import { writeSafetensors } from "@alexnet/formats/node";
import { describe, expect, it } from "vitest";
import { alexnet, temporaryFolder } from "./cli.js";

describe("alexnet export", () => {
  const folder = temporaryFolder();
  const withWeights = async (...words: readonly string[]) => {
    const metadata = { classes: JSON.stringify(Array.from({ length: 10 }, (_, index) => `kind ${index}`)) };
    await writeSafetensors(join(folder(), "lenet.safetensors"), initialParameters(lenet5(), 1), metadata);
    return alexnet(folder(), ["export", "lenet.safetensors", ...words]);
  };

  it.each([
    ["c", ["lenet5.c", "lenet5.h", "lenet5.weights", "main.c", "picture.c", "picture.h"]],
    ["pytorch", ["model.py", "model.safetensors"]],
    ["typescript", ["model.safetensors", "model.ts"]],
    ["onnx", ["model.onnx"]],
    ["tfjs", ["model.json", "weights.bin"]],
  ])("writes %s into a folder of its own, and tells what", async (format, files) => {
    const { code, stdout, stderr } = await withWeights("--format", format);
    expect(code).toBe(0);
    expect((await readdir(join(folder(), `lenet5-${format}`))).sort()).toEqual(files);
    expect(stdout.trim().split("\n").sort()).toEqual(files.map((name) => join(`lenet5-${format}`, name)).sort());
    if (format === "c") {
      expect(stderr).toMatch(/Next: cd lenet5-c; cc -O3 -march=native \*\.c -o classify/);
      expect(await readFile(join(folder(), "lenet5-c", "main.c"), "utf8")).toContain('"kind 7"');
    }
  });

  it("writes the source of a model that has no weights, and refuses what needs them", async () => {
    const { code } = await alexnet(folder(), ["export", "alexnet-2012", "--format", "typescript", "--output", "a/b"]);
    expect(code).toBe(0);
    expect(await readFile(join(folder(), "a", "b", "model.ts"), "utf8")).toContain('name: "alexnet-2012"');
    const refused = await alexnet(folder(), ["export", "alexnet-2012", "--format", "c"]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toMatch(/--format c needs weights, and alexnet-2012 is a model/);
  });

  it("refuses a format that there is not, and a folder that cannot be made", async () => {
    const unknown = await withWeights("--format", "fortran");
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(/Allowed choices are c, pytorch, typescript, onnx, tfjs/);
    const { code, stderr } = await withWeights("--format", "c", "--output", join("lenet.safetensors", "below"));
    expect(code).toBe(1);
    expect(stderr).toMatch(/Cannot make the folder lenet\.safetensors.below: part of its path is not a folder/);
  });
});
