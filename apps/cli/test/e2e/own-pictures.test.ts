import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { TensorMap } from "@alexnet/core";
import { imageDataset, imageFolder } from "@alexnet/data";
import { directoryCheckpoints, readSafetensors } from "@alexnet/formats/node";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { alexnet, temporaryFolder } from "./cli.js";

/** Tells tensors from others; millions of numbers are too many to be compared one by one. */
const digests = (tensors: TensorMap): readonly string[] =>
  Object.entries(tensors).map(([name, { data }]) => {
    const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
    return `${name} ${createHash("sha256").update(bytes).digest("hex")}`;
  });

describe("training on a folder of pictures by a published recipe", () => {
  const folder = temporaryFolder();
  const words = ["--dataset", "./my pictures", "--input-size", "67", "--batch-size", "4", "--backend", "onnx:cpu"];

  beforeAll(async () => {
    for (const [name, shade] of [
      ["dark", 20],
      ["light", 200],
    ] as const) {
      await mkdir(join(folder(), "my pictures", name), { recursive: true });
      for (let index = 0; index < 10; index++) {
        const [width, height] = [80 + index, 100 - index];
        const noise = Uint8Array.from({ length: width * height * 3 }, (_, at) => shade + ((at * 31 + index * 7) % 50));
        const path = join(folder(), "my pictures", name, `${index}.jpg`);
        await sharp(noise, { raw: { width, height, channels: 3 } })
          .jpeg()
          .toFile(path);
      }
    }
    await writeFile(join(folder(), "my pictures", "dark", "broken.jpg"), "no picture");
  });

  const config = async (run: string) => JSON.parse(await readFile(join(folder(), run, "config.json"), "utf8"));

  it("takes everything from it that is not said otherwise, and leaves out what is no picture", async () => {
    const { code, stdout, stderr } = await alexnet(folder(), [
      ...[
        "train",
        "--recipe",
        "paper",
        ...words,
        "--max-steps",
        "3",
        "--most-bad",
        "1",
        "--run-dir",
        "run",
        "--color-noise",
        "0.2",
      ],
    ]);
    expect(stderr).toMatch(/Left out: .*broken\.jpg cannot be decoded/);
    expect(code).toBe(0);
    expect(stdout).toMatch(/model +alexnet-2012: images of 3×67×67, 2 classes/);
    const { recipe, dataset, training } = await config("run");
    expect(recipe).toBe("paper");
    // 256 for 227 is 76 for 67.
    expect(dataset.preprocessing).toMatchObject({
      resizeMode: "center-crop",
      shorterSide: 76,
      cropFrom: [76, 76],
      range: 255,
    });
    expect(dataset.preprocessing.meanImage.shape).toEqual([3, 76, 76]);
    expect(dataset.augmentation).toMatchObject({ seed: 0, mirror: true, colorNoise: { deviation: 0.2 } });
    expect(training).toMatchObject({ epochs: 90, batchSize: 4, schedule: { kind: "plateau", reductions: 3 } });
    // What it was trained to see travels with the weights.
    const { metadata } = await readSafetensors(join(folder(), "run", "model.safetensors"));
    expect(JSON.parse(metadata.preprocessing!)).toMatchObject({ cropFrom: [76, 76] });
  });

  it("goes on bit for bit in the middle of an epoch, told nothing again", async () => {
    const train = (...more: readonly string[]) =>
      alexnet(folder(), ["train", "--recipe", "paper", ...words, "--most-bad", "1", ...more]);
    expect((await train("--max-steps", "6", "--run-dir", "whole")).code).toBe(0);
    expect((await train("--max-steps", "3", "--run-dir", "parts")).code).toBe(0);
    const { code, stderr } = await alexnet(folder(), ["train", "--resume", "parts", "--max-steps", "6"]);
    expect(stderr).not.toMatch(/error/);
    expect(code).toBe(0);
    const [whole, parts] = await Promise.all(
      ["whole", "parts"].map((run) => directoryCheckpoints(join(folder(), run, "checkpoints")).latest()),
    );
    expect(parts!.state.step).toBe(6);
    expect(digests(parts!.parameters)).toEqual(digests(whole!.parameters));
    expect(digests(parts!.optimizerState.velocities!)).toEqual(digests(whole!.optimizerState.velocities!));
  });

  it("is tested with ten crops, and predicts", async () => {
    const { code, stdout } = await alexnet(folder(), ["evaluate", "run", "--ten-crop", "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ tenCrop: true, classNames: ["dark", "light"], examples: 4 });
    // The example is a picture as it is, not one with the mean taken off.
    const example = await sharp(join(folder(), "run", "example.png"))
      .raw()
      .toBuffer();
    const source = await imageFolder(join(folder(), "my pictures"), { split: "test" });
    const plain = imageDataset(source, { size: [67, 67], workers: 0 });
    const { images } = await plain.batch([2]);
    expect(example[0]).toBe(Math.round(images.data[0]! * 255));
    const predicted = await alexnet(folder(), ["predict", join("run", "example.png"), "--weights", "run", "--json"]);
    expect(JSON.parse(predicted.stdout)[0].classes.length).toBe(2);
  });

  it("is drawn: confused classes, the worst images, the first filters", async () => {
    const { code, stdout } = await alexnet(folder(), ["evaluate", "run", "--report", "report", "--limit-test", "3"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/Pictures are in report: confusion\.svg, worst\.svg, filters\.png\./);
    const { width } = await sharp(join(folder(), "report", "worst.svg")).metadata();
    expect(width).toBe(8 * 136 + 32);
    expect(await sharp(join(folder(), "run", "filters.png")).metadata()).toMatchObject({ width: 562, height: 212 });
    expect(await readFile(join(folder(), "report", "confusion.svg"), "utf8")).toContain(
      "alexnet-2012 on my pictures test",
    );
  });

  it("is refused with pictures that have changed", async () => {
    const path = join(folder(), "my pictures", "light", "0.jpg");
    await writeFile(join(folder(), "my pictures", "light", "10.jpg"), await readFile(path));
    const { code, stderr } = await alexnet(folder(), ["train", "--resume", "parts", "--max-steps", "9"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/was trained with examples 17, not 18/);
  });

  it.each<[string, readonly string[], number, RegExp]>([
    ["a recipe that is none", ["--recipe", "papers"], 2, /unknown recipe "papers"\. Did you mean "paper"\?/],
    ["a folder that is not there", ["--dataset", "./no"], 1, /There is no folder \.\/no/],
    ["a share of what is divided", ["--dataset", "sample", "--test-share", "0.1"], 2, /sample is divided already/],
    ["two kinds of parts", ["--crop-from", "80", "--resized-crop", "0.1,1"], 2, /exclude each other/],
    ["more than it may", [], 1, /broken\.jpg cannot be decoded.* --most-bad allows for more/],
  ])("refuses %s", async (_, more, expected, message) => {
    const { code, stderr } = await alexnet(folder(), ["train", ...words, ...more, "--run-dir", "refused"]);
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
  });
});

describe("alexnet recipes", () => {
  const folder = temporaryFolder();

  it("lists them side by side within 80 columns, and as JSON", async () => {
    const { stdout } = await alexnet(folder(), ["recipes"]);
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    expect(stdout).toMatch(/paper +caffe/);
    expect(stdout).toMatch(/color noise +0\.1 +none/);
    const listed = JSON.parse((await alexnet(folder(), ["recipes", "--json"])).stdout);
    expect(listed.map(({ name }: { name: string }) => name)).toEqual([
      ...["paper", "caffe", "torchvision", "d2l", "d2l-lenet", "cuda-convnet"],
    ]);
  });
});
