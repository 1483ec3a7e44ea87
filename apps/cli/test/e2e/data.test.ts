import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { beforeAll, describe, expect, it } from "vitest";
import { alexnet, temporaryFolder } from "./cli.js";

describe("alexnet data", () => {
  const folder = temporaryFolder();

  beforeAll(async () => {
    for (const [name, shade, count] of [
      ["dark & <small>", 20, 10],
      ["light", 200, 15],
    ] as const) {
      await mkdir(join(folder(), "pictures", name), { recursive: true });
      for (let index = 0; index < count; index++) {
        const create = {
          width: 90 + index,
          height: 80,
          channels: 3,
          background: { r: shade, g: shade, b: 90 },
        } as const;
        await sharp({ create }).toFile(join(folder(), "pictures", name, `${index}.${index % 2 ? "png" : "jpg"}`));
      }
    }
    await writeFile(join(folder(), "pictures", "light", "broken.jpg"), "no picture");
  });

  it("inspect counts, measures and shows images", async () => {
    const { code, stdout, stderr } = await alexnet(folder(), ["data", "inspect", "pictures"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const line of stdout.split("\n")) expect(line.length).toBeLessThanOrEqual(110);
    expect(stdout).toMatch(/train\n {2}images +21\n/);
    expect(stdout).toMatch(/classes +2; the fewest dark & <small> \(8\), light \(13\)/);
    expect(stdout).toMatch(/bad +1 picture/);
    expect((await readdir(join(folder(), "pictures-report"))).toSorted()).toEqual([
      ...["bad.txt", "contact-sheet.svg", "mean-image.png"],
    ]);
    const sheet = join(folder(), "pictures-report", "contact-sheet.svg");
    expect(await readFile(sheet, "utf8")).toContain("dark &amp; &lt;s");
    const { width, height } = await sharp(sheet).metadata();
    expect([width, height]).toEqual([1072, 296]);
    const mean = await sharp(join(folder(), "pictures-report", "mean-image.png"))
      .raw()
      .toBuffer();
    expect(mean[2]).toBe(90);
  });

  it("inspect tells programs the same", async () => {
    const words = ["data", "inspect", "pictures", "--limit", "5", "--output", "report", "--json"];
    const { stdout } = await alexnet(folder(), words);
    const { train, test } = JSON.parse(stdout);
    expect(train).toMatchObject({ count: 21, lookedAt: 5, heights: { least: 80, median: 80, most: 80 } });
    expect(test.count).toBe(5);
    expect(train.statistics.mean[2]).toBeCloseTo(90, 0);
    expect(train.statistics.meanImage).toBeUndefined();
  });

  it("prepare packs them for a training, which takes their mean and colors from there", async () => {
    const words = [
      "data",
      "prepare",
      "pictures",
      "shards",
      "--shorter-side",
      "76",
      "--shard-size",
      "10",
      "--most-bad",
      "1",
    ];
    const { code, stdout, stderr } = await alexnet(folder(), words);
    expect(stderr).toMatch(/^Left out: .*broken\.jpg cannot be decoded.*\n$/);
    expect(code).toBe(0);
    expect(stdout).toMatch(/20 pictures to train on and 5 pictures to test with, of 2 classes, are in shards/);
    expect(stdout).toMatch(/1 picture could not be read: see skipped\.txt/);
    const again = await alexnet(folder(), words);
    expect(again).toMatchObject({ code: 0, stderr: "" });
    const trained = await alexnet(folder(), [
      ...["train", "--recipe", "paper", "--dataset", "shards", "--input-size", "67", "--batch-size", "4"],
      ...["--max-steps", "2", "--run-dir", "run", "--backend", "onnx:cpu", "--quiet"],
    ]);
    expect(trained).toMatchObject({ code: 0, stderr: "" });
    const { dataset } = JSON.parse(await readFile(join(folder(), "run", "config.json"), "utf8"));
    const { statistics } = JSON.parse(await readFile(join(folder(), "shards", "dataset.json"), "utf8"));
    expect(dataset.augmentation.colorNoise.components).toEqual(statistics.components);
    expect(dataset.classNames).toEqual(["dark & <small>", "light"]);
  });

  it.each<[string, readonly string[], number, RegExp]>([
    ["a folder that is not there", ["inspect", "nowhere"], 1, /Cannot read the folder nowhere: it is not there/],
    ["a folder with something else", ["prepare", "pictures", "pictures"], 1, /pictures holds something else/],
    [
      "a size that is none",
      ["prepare", "pictures", "x", "--shorter-side", "0"],
      2,
      /It must be a whole number from 1 to 16,384/,
    ],
    ["no folder to write to", ["prepare", "pictures"], 2, /missing required argument 'output'/],
  ])("refuses %s", async (_, words, expected, message) => {
    const { code, stderr } = await alexnet(folder(), ["data", ...words]);
    expect(stderr).toMatch(message);
    expect(code).toBe(expected);
  });
});
