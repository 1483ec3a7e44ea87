import { DatasetError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import type { ImageSource, ImageStatisticsOptions } from "../src/index.js";
import { builtModule } from "./helpers.js";

const { colorSums, imageDataset, imageStatistics } = (await import(
  builtModule("index.js").href
)) as typeof import("../src/index.js");

const COUNT = 70;
const source: ImageSource = {
  name: "noise",
  classNames: ["a"],
  height: 4,
  width: 5,
  channels: 3,
  pixels: Uint8Array.from({ length: COUNT * 60 }, (_, index) => (index * index * 31 + index * 7) & 255),
  labels: new Uint8Array(COUNT),
};

describe("the statistics of images", () => {
  it.each<ImageStatisticsOptions>([
    { workers: 0 },
    { workers: 2, size: [3, 3], resizeMode: "center-crop", shorterSide: 4 },
  ])("are those of all of them: %o", async (options) => {
    const told: string[] = [];
    const found = await imageStatistics(source, {
      ...options,
      onProgress: (done, total) => told.push(`${done}/${total}`),
    });
    const dataset = imageDataset(source, { ...options, range: 255, workers: 0 });
    const { images } = await dataset.batch(Array.from({ length: COUNT }, (_, index) => index));
    const [, height = 0, width = 0] = dataset.imageShape;
    const plane = height * width;
    const at = (image: number, channel: number, pixel: number): number =>
      images.data[(image * 3 + channel) * plane + pixel]!;
    const every = <Value>(count: number, of: (index: number) => Value) =>
      Array.from({ length: count }, (_, i) => of(i));
    const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(found.count).toBe(COUNT);
    expect(found.meanImage.shape).toEqual(dataset.imageShape);
    for (let index = 0; index < 3 * plane; index++) {
      const expected = mean(every(COUNT, (image) => at(image, Math.floor(index / plane), index % plane)));
      expect(found.meanImage.data[index]).toBeCloseTo(expected, 4);
    }
    for (const channel of [0, 1, 2]) {
      const values = every(COUNT, (image) => every(plane, (pixel) => at(image, channel, pixel))).flat();
      expect(found.mean[channel]).toBeCloseTo(mean(values), 10);
      const spread = Math.sqrt(mean(values.map((value) => (value - found.mean[channel]!) ** 2)));
      expect(found.deviation[channel]).toBeCloseTo(spread, 8);
    }
    const sums = colorSums();
    for (let image = 0; image < COUNT; image++) {
      sums.add(Uint8Array.from(every(plane, (pixel) => [0, 1, 2].map((channel) => at(image, channel, pixel))).flat()));
    }
    expect(found.components).toEqual(sums.components());
    expect(told).toEqual(["64/70", "70/70"]);
  });

  it("of gray images have no colors", async () => {
    const gray = { ...source, channels: 1, pixels: source.pixels.subarray(0, COUNT * 20) } as const;
    const found = await imageStatistics(gray, { workers: 0 });
    expect(found.components).toBeUndefined();
    expect(found.mean.length).toBe(1);
  });

  it("end when they are told to", async () => {
    await expect(imageStatistics(source, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
    const nothing = { ...source, pixels: new Uint8Array(0), labels: new Uint8Array(0) };
    await expect(imageStatistics(nothing)).rejects.toThrow(DatasetError);
  });
});
