import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { initialParameters, lenet5 } from "@alexnet/core";
import { readSafetensors, writeSafetensors } from "@alexnet/formats/node";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { alexnet, temporaryFolder } from "./cli.js";

const parameters = initialParameters(lenet5(), 1);

describe("training on one's own pictures, from other weights", () => {
  const folder = temporaryFolder();

  beforeAll(async () => {
    await writeSafetensors(join(folder(), "start.safetensors"), parameters);
    for (const [name, shade] of [
      ["dark", 20],
      ["light", 230],
    ] as const) {
      await mkdir(join(folder(), "pictures", name), { recursive: true });
      for (let index = 0; index < 10; index++) {
        const level = shade + index;
        const create = { width: 40, height: 30, channels: 3, background: { r: level, g: level, b: level } } as const;
        await sharp({ create }).toFile(join(folder(), "pictures", name, `${index}.png`));
      }
    }
  });

  const train = (...words: readonly string[]) =>
    alexnet(folder(), [
      ...["train", "--dataset", "folder", "--data-dir", "pictures", "--backend", "reference", "--batch-size", "4"],
      ...words,
    ]);

  it("replaces the last layer, leaves the frozen ones, and goes on with the same", async () => {
    const words = ["--from", "start.safetensors", "--freeze", "features,fc3", "--lr-multiplier", "fc5=20,fc4=2"];
    const { code, stdout, stderr } = await train(...words, "--epochs", "2", "--run-dir", "run");
    expect(stderr).not.toMatch(/error/);
    expect(code).toBe(0);
    expect(stdout).toMatch(/model +lenet5: images of 1×28×28, 2 classes/);
    expect(stdout).toMatch(/frozen +conv1, conv2, fc3/);
    const { tensors, metadata } = await readSafetensors(join(folder(), "run", "model.safetensors"));
    for (const name of ["conv1.weight", "conv2.bias", "fc3.weight"]) {
      expect(Float32Array.from(tensors[name]!.data)).toEqual(parameters[name]!.data);
    }
    expect(tensors["fc4.weight"]).not.toEqual(parameters["fc4.weight"]);
    expect(tensors["fc5.weight"]?.shape).toEqual([2, 84]);
    expect(JSON.parse(metadata.classes!)).toEqual(["dark", "light"]);

    const resumed = await alexnet(folder(), ["train", "--resume", "run", "--epochs", "3", "--backend", "reference"]);
    expect(resumed.code).toBe(0);
    const { tensors: later } = await readSafetensors(join(folder(), "run", "model.safetensors"));
    expect(later["conv1.weight"]).toEqual(tensors["conv1.weight"]);
    expect(later["fc5.weight"]).not.toEqual(tensors["fc5.weight"]);

    const evaluated = await alexnet(folder(), ["evaluate", "run", "--backend", "reference"]);
    expect(evaluated.stdout).toMatch(/on pictures test|dark/);
    const predicted = await alexnet(folder(), [
      "predict",
      join("pictures", "dark", "4.png"),
      "--weights",
      "run",
      "--json",
    ]);
    expect(
      JSON.parse(predicted.stdout)[0]
        .classes.map(({ name }: { name: string }) => name)
        .sort(),
    ).toEqual(["dark", "light"]);
  });

  it.each([
    [
      "a layer that is not there",
      ["--from", "start.safetensors", "--freeze", "conv9"],
      1,
      /No layer of "lenet5" with weights matches "conv9"/,
    ],
    [
      "multipliers that are none",
      ["--from", "start.safetensors", "--lr-multiplier", "fc5"],
      2,
      /It must be like fc8=10,conv\*=0\.1/,
    ],
    [
      "channels beside weights",
      ["--from", "start.safetensors", "--channels", "3"],
      2,
      /--channels and --towers cannot be given with --from/,
    ],
    ["weights that are not there", ["--from", "nothing.pth"], 1, /Cannot read the weights in nothing\.pth/],
    ["everything frozen", ["--model", "lenet5", "--freeze", "*"], 1, /nothing to train in "lenet5"/],
  ])("refuses %s, and leaves nothing behind", async (_, words, expected, message) => {
    const before = await readdir(folder());
    const { code, stderr } = await train(...words, "--run-dir", "refused");
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
    expect(await readdir(folder())).toEqual(before);
  });

  it("asks for the folder, and names what is in none", async () => {
    const { code, stderr } = await alexnet(folder(), ["train", "--dataset", "folder", "--model", "lenet5"]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--dataset folder needs --data-dir, the folder of your images/);
    await mkdir(join(folder(), "empty"));
    const empty = await alexnet(folder(), ["train", "--dataset", "folder", "--data-dir", "empty", "--model", "lenet5"]);
    expect(empty.code).toBe(1);
    expect(empty.stderr).toMatch(/empty holds no folders/);
    await rm(join(folder(), "empty"), { recursive: true });
  });
});
