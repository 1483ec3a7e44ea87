import { readFile } from "node:fs/promises";
import { type Augmentation, DatasetError, InvalidArgumentError } from "@alexnet/core";
import { describe, expect, it, onTestFinished } from "vitest";
import { colorSums, type ImageDatasetOptions, type ImageSource } from "../src/index.js";
import { builtModule, golden as goldenFile } from "./helpers.js";

// Datasets run where their workers do: in the built package.
const { imageDataset, take } = (await import(builtModule("index.js").href)) as typeof import("../src/index.js");

const golden = JSON.parse(await readFile(goldenFile("augment.json"), "utf8"));

const source: ImageSource = {
  name: "noise",
  classNames: ["a", "b", "c"],
  height: 7,
  width: 9,
  channels: 3,
  pixels: Uint8Array.from(golden.images),
  labels: Uint8Array.of(0, 1, 2),
};

const augment: Augmentation = { seed: 5, mirror: true };
const cropFrom = [12, 14] as const;

function dataset(options: ImageDatasetOptions) {
  const made = imageDataset(source, { size: [8, 10], ...options });
  onTestFinished(() => made.dispose?.());
  return made;
}

const ways: Readonly<Record<string, ImageDatasetOptions>> = {
  plain: {
    mean: [0.5, 0.4, 0.3],
    std: [0.2, 0.25, 0.3],
    cropFrom,
    augment: { ...augment, colorNoise: { deviation: 0.1, components: golden.components } },
  },
  resized: { augment: { seed: 5, mirror: true, resizedCrop: { scale: [0.08, 1], ratio: [3 / 4, 4 / 3] } } },
  caffe: {
    range: 255,
    channelOrder: "bgr",
    resizeMode: "center-crop",
    meanImage: { shape: [3, 14, 14], data: Float32Array.from(golden.meanImage) },
    cropFrom: [14, 14],
    augment,
  },
};

describe("images of a training", () => {
  it.each(Object.entries(ways))("are varied as NumPy and Pillow do it: %s", async (name, options) => {
    for (const workers of [0, 2]) {
      const made = dataset({ ...options, workers });
      for (const [epoch, expected] of Object.entries<number[]>(golden[name])) {
        // In an order of its own, and one twice: neither changes what is drawn for an image.
        const { images, labels } = await made.batch([2, 0, 1, 2], Number(epoch));
        expect(Array.from(labels)).toEqual([2, 0, 1, 2]);
        const size = expected.length / 3;
        const ordered = [2, 0, 1, 2].flatMap((index) => expected.slice(index * size, (index + 1) * size));
        const worst = ordered.reduce((most, value, at) => Math.max(most, Math.abs(value - images.data[at]!)), 0);
        expect(worst).toBeLessThan(options.range === 255 ? 5e-5 : 2e-6);
      }
    }
  });

  it("are each epoch's own, and in an evaluation the middle of what they are taken from", async () => {
    const made = dataset({ augment, cropFrom, workers: 0 });
    const [first, again, later, evaluated] = [
      await made.batch([0, 1, 2], 0),
      await made.batch([0, 1, 2], 0),
      await made.batch([0, 1, 2], 1),
      await made.batch([0, 1, 2]),
    ];
    expect(again.images).toEqual(first.images);
    expect(later.images).not.toEqual(first.images);
    const { images: whole } = await dataset({ size: [12, 14], workers: 0 }).batch([0]);
    const at = (c: number, y: number, x: number): number => whole.data[(c * 12 + y) * 14 + x]!;
    expect(evaluated.images.data[0]).toBe(at(0, 2, 2));
    expect(evaluated.images.data[(2 * 8 + 7) * 10 + 9]).toBe(at(2, 9, 11));
  });

  it("are taken from everywhere, mirrored every other time", async () => {
    const made = dataset({ augment: { seed: 1, mirror: true }, cropFrom: [9, 10], size: [7, 10], workers: 0 });
    const seen = new Set<string>();
    for (let epoch = 0; epoch < 100; epoch++) seen.add((await made.batch([0], epoch)).images.data.join());
    // Three places from top to bottom, each both ways round.
    expect(seen.size).toBe(6);
  });

  it("are told their epoch through a view", async () => {
    const made = dataset({ augment, cropFrom, workers: 0 });
    expect((await take(made, 2).batch([1], 4)).images).toEqual((await made.batch([1], 4)).images);
  });

  it.each<[string, Augmentation, RegExp]>([
    ["a seed that is none", { seed: -1 }, /augment: seed must be a whole number of 0 or more; got -1/],
    [
      "noise that is none",
      { seed: 0, colorNoise: { deviation: Number.NaN, components: golden.components } },
      /deviation of colorNoise/,
    ],
    [
      "a share above the whole",
      { seed: 0, resizedCrop: { scale: [0.1, 2], ratio: [1, 1] } },
      /scale must be \[least, most\], shares of the area above 0 and up to 1/,
    ],
    ["proportions upside down", { seed: 0, resizedCrop: { scale: [0.1, 1], ratio: [2, 1] } }, /ratio must be/],
    ["an option that there is not", { seed: 0, flip: true } as never, /augment has no option "flip"/],
  ])("refuse %s", (_, augmentation, message) => {
    expect(() => dataset({ augment: augmentation })).toThrow(InvalidArgumentError);
    expect(() => dataset({ augment: augmentation })).toThrow(message);
  });
});

describe("ten looks at each image", () => {
  it("are the corners and the middle, then the same mirrored", async () => {
    const whole = await dataset({ size: [12, 14], workers: 0 }).batch([0, 1, 2]);
    const made = dataset({ views: "ten-crop", cropFrom: [12, 14], workers: 0 });
    expect(made.length).toBe(30);
    const { images, labels } = await made.batch(Array.from({ length: 30 }, (_, index) => index));
    expect(Array.from(labels)).toEqual([0, 1, 2].flatMap((label) => Array(10).fill(label)));
    const corners = [
      [0, 0],
      [0, 4],
      [4, 0],
      [4, 4],
      [2, 2],
    ] as const;
    for (let example = 0; example < 30; example++) {
      const [top, left] = corners[example % 5]!;
      for (const [c, y, x] of [
        [0, 0, 0],
        [2, 7, 9],
        [1, 3, 6],
      ] as const) {
        const column = example % 10 < 5 ? left + x : left + 9 - x;
        const expected = whole.images.data[((Math.floor(example / 10) * 3 + c) * 12 + top + y) * 14 + column];
        expect(images.data[((example * 3 + c) * 8 + y) * 10 + x]).toBe(expected);
      }
    }
  });

  it.each<[string, ImageDatasetOptions, RegExp]>([
    ["another kind", { views: "five-crop" as never }, /views is ten-crop; got "five-crop"/],
    ["an augmentation beside", { views: "ten-crop", augment }, /views are for evaluations/],
    ["a size below that of the part", { cropFrom: [8, 9] }, /no less than the 8 x 10 that are taken; got \[8, 9\]/],
    [
      "two kinds of parts",
      { cropFrom, augment: { seed: 0, resizedCrop: { scale: [0.1, 1], ratio: [1, 1] } } },
      /exclude each other/,
    ],
  ])("refuse %s", (_, options, message) => expect(() => dataset(options)).toThrow(message));
});

describe("colorSums", () => {
  it("gives NumPy's principal components, whatever the images come in", () => {
    const sums = colorSums();
    for (let start = 0; start < source.pixels.length; start += 63) sums.add(source.pixels.subarray(start, start + 63));
    const { eigenvalues, eigenvectors } = sums.components();
    for (const [which, value] of eigenvalues.entries()) {
      expect(value).toBeCloseTo(golden.components.eigenvalues[which], 12);
      for (const [channel, share] of eigenvectors[which]!.entries()) {
        expect(share).toBeCloseTo(golden.components.eigenvectors[which][channel], 10);
      }
    }
  });

  it("is exact for images of one color, and refuses none", () => {
    const sums = colorSums();
    sums.add(Uint8Array.of(10, 20, 30, 10, 20, 30));
    expect(sums.components().eigenvalues).toEqual([0, 0, 0]);
    expect(() => colorSums().components()).toThrow(DatasetError);
  });
});
