import { readFile } from "node:fs/promises";
import { DatasetError, DisposedError, InvalidArgumentError } from "@alexnet/core";
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type ImageDatasetOptions,
  type ImageSource,
  imageDataset,
  imagenetNormalization,
  sample,
} from "../src/index.js";
import { builtModule, golden, resizeWhole } from "./helpers.js";

const built = (await import(builtModule("index.js").href)) as typeof import("../src/index.js");

/** Two RGB images of 1 x 2 pixels. */
const colors: ImageSource = {
  name: "colors",
  classNames: ["cold", "warm"],
  height: 1,
  width: 2,
  channels: 3,
  pixels: Uint8Array.of(0, 51, 255, 10, 20, 30, 255, 102, 0, 40, 50, 60),
  labels: Uint8Array.of(0, 1),
};

/** The datasets under test run where their workers do: in the built package. */
function dataset(source: ImageSource, options?: ImageDatasetOptions) {
  const made = built.imageDataset(source, options);
  onTestFinished(() => made.dispose?.());
  return made;
}

describe.each([0, 1, 2])("an image dataset with %d workers", (workers) => {
  it("gives pixels in [0, 1], channels first, in the order asked for", async () => {
    const { images, labels } = await dataset(colors, { workers }).batch([1, 0]);
    expect(images.shape).toEqual([2, 3, 1, 2]);
    expect(images.data).toEqual(
      Float32Array.of(255, 40, 102, 50, 0, 60, 0, 10, 51, 20, 255, 30).map((value) => value / 255),
    );
    expect(labels).toEqual(Int32Array.of(1, 0));
  });

  it("resizes as Pillow does, which is checked to the bit elsewhere", async () => {
    const source = await sample({ split: "test" });
    const { images } = await dataset(source, { size: [224, 224], workers }).batch([30]);
    const resized = resizeWhole([28, 28], [224, 224], 1)(source.pixels.subarray(30 * 784, 31 * 784));
    expect(images.shape).toEqual([1, 1, 224, 224]);
    expect(images.data).toEqual(Float32Array.from(resized, (value) => value / 255));
  });

  it("gives the same bits each time, however requests overlap", async () => {
    const images = dataset(await sample({ split: "train" }), { size: [40, 40], workers });
    const [first] = [await images.batch([5, 6, 7])];
    const again = await Promise.all(Array.from({ length: 6 }, (_, index) => images.batch([5 + (index % 3), 6, 7])));
    for (const same of [again[0], again[3]]) {
      expect(same?.images).toEqual(first?.images);
      expect(same?.labels).toEqual(first?.labels);
    }
    expect(again[1]?.images.data.subarray(1600)).toEqual(first?.images.data.subarray(1600));
    expect(again[1]?.images.data.subarray(0, 1600)).toEqual(first?.images.data.subarray(1600, 3200));
  });

  it("makes batches in memory that is given back, and leaves alone what is not", async () => {
    const images = dataset(await sample({ split: "train" }), { size: [40, 40], workers });
    const all = [0, 1, 2, 3, 4, 5];
    const [kept, given] = [await images.batch(all), await images.batch([6, 7, 8, 9, 10, 11])];
    const before = Float32Array.from(kept.images.data);
    const { data } = given.images;
    given.release?.();
    given.release?.();
    // A smaller one, and two of which only one can have it.
    const small = await images.batch([20]);
    small.release?.();
    const [one, other] = await Promise.all([images.batch(all), images.batch([12, 13, 14, 15, 16, 17])]);
    expect(one!.images.data).toEqual(before);
    expect(kept.images.data).toEqual(before);
    const fresh = dataset(await sample({ split: "train" }), { size: [40, 40], workers: 0 });
    expect(other!.images.data).toEqual((await fresh.batch([12, 13, 14, 15, 16, 17])).images.data);
    if (workers === 0) expect([one!, other!].some((batch) => batch.images.data.buffer === data.buffer)).toBe(true);
  });

  it("gives an empty batch for no indices", async () => {
    const { images, labels } = await dataset(colors, { workers }).batch([]);
    expect(images).toEqual({ shape: [0, 3, 1, 2], data: new Float32Array(0) });
    expect(labels.length).toBe(0);
  });

  it.each([2, -1, 0.5, Number.NaN])("refuses index %d of two", async (index) => {
    await expect(dataset(colors, { workers }).batch([0, index])).rejects.toThrow(DatasetError);
    await expect(dataset(colors, { workers }).batch([0, index])).rejects.toThrow(
      `colors has images 0 to 1; image ${index} was asked for`,
    );
  });

  it("gives no batch after its dispose, which may be repeated", async () => {
    const images = dataset(colors, { workers });
    await images.batch([0]);
    await images.dispose?.();
    await images.dispose?.();
    await expect(images.batch([0])).rejects.toThrow(DisposedError);
  });
});

describe("an image dataset", () => {
  it("has the name, size and classes of its source, and the shape asked for", () => {
    const images = imageDataset(colors, { size: [5, 4], channels: 1, workers: 0 });
    expect(images).toMatchObject({ name: "colors", length: 2, imageShape: [1, 5, 4], classNames: ["cold", "warm"] });
  });

  it("subtracts the mean and divides by the standard deviation of each channel, as torchvision does", async () => {
    const expected = new Float32Array((await readFile(golden("normalization.bin"))).buffer);
    const ramp: ImageSource = {
      ...colors,
      height: 16,
      width: 16,
      pixels: Uint8Array.from({ length: 768 }, (_, index) => Math.floor(index / 3)),
      labels: Uint8Array.of(0),
    };
    const { images } = await imageDataset(ramp, { ...imagenetNormalization, workers: 0 }).batch([0]);
    expect(images.data).toEqual(expected);
  });

  it("repeats gray for a model of three channels", async () => {
    const gray: ImageSource = { ...colors, channels: 1, pixels: Uint8Array.of(0, 51, 102, 255) };
    const { images } = await imageDataset(gray, { channels: 3, std: [1, 0.5, 1], workers: 0 }).batch([1]);
    expect(images.data).toEqual(Float32Array.of(0.4, 1, 0.8, 2, 0.4, 1));
  });

  it("gives the luminance to a model of one channel", async () => {
    const { images } = await imageDataset(colors, { channels: 1, workers: 0 }).batch([0]);
    expect(images.data).toEqual(Float32Array.of(59, 18).map((value) => value / 255));
  });

  it("rejects what is pending when it is disposed", async () => {
    const images = dataset(await sample({ split: "train" }), { size: [224, 224] });
    const pending = images.batch(Array.from({ length: 200 }, (_, index) => index));
    const outcome = expect(pending).rejects.toThrow(DisposedError);
    await images.dispose?.();
    await outcome;
  });

  it("makes a batch while the JavaScript thread is blocked", async () => {
    const source = await sample({ split: "train" });
    const indices = Array.from({ length: 256 }, (_, index) => index);
    const options = { size: [224, 224] as const };
    const inline = dataset(source, { ...options, workers: 0 });
    await inline.batch(indices);
    const inlineTime = await timeOf(() => inline.batch(indices));
    const threaded = dataset(source, options);
    await threaded.batch([0]);
    const pending = threaded.batch(indices);
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500 + 5 * inlineTime);
    expect(await timeOf(() => pending)).toBeLessThan(inlineTime / 2);
  });

  it.each([
    ["a size of nothing", { size: [0, 5] }, /size must be .* got \[0, 5\]/],
    ["a fractional size", { size: [5, 2.5] }, /size must be/],
    ["two channels", { channels: 2 }, /channels must be 1 for gray or 3 for RGB; got 2/],
    ["a mean of the wrong length", { mean: [0.5] }, /mean must be 3 finite numbers, one per channel; got \[0.5\]/],
    ["a standard deviation of 0", { std: [1, 0, 1] }, /std must be above 0/],
    ["a mean that is NaN", { mean: [0, Number.NaN, 0] }, /mean must be 3 finite numbers/],
    ["half a worker", { workers: 0.5 }, /workers must be a whole number/],
  ])("refuses %s", (_, options, message) => {
    expect(() => imageDataset(colors, options as ImageDatasetOptions)).toThrow(InvalidArgumentError);
    expect(() => imageDataset(colors, options as ImageDatasetOptions)).toThrow(message);
  });

  it.each([
    ["pixels are missing", { pixels: new Uint8Array(11) }, /colors has 2 labels.*\[2, 1, 2, 3\]; there are 11 values/],
    ["a label is of no class", { labels: Uint8Array.of(0, 2) }, /image 1 as class 2/],
  ])("refuses a source where %s", (_, changed, message) => {
    expect(() => imageDataset({ ...colors, ...changed })).toThrow(DatasetError);
    expect(() => imageDataset({ ...colors, ...changed })).toThrow(message);
  });
});

async function timeOf(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

describe("a source that is none", () => {
  const source = { name: "mine", classNames: ["a", "b"], height: 1, width: 2, channels: 1 as const };
  const whole = { ...source, pixels: Uint8Array.of(1, 2, 3, 4), labels: Uint8Array.of(0, 1) };

  it.each([
    [
      { pixels: Float32Array.of(0.1, 0.2, 0.3, 0.4) },
      "mine must have pixels in a Uint8Array, 0 to 255; got a Float32Array.",
    ],
    [{ labels: [0, 1] }, "mine must have labels in a Uint8Array, one class index an image; got an Array."],
    [{ labels: Uint8Array.of(0, 2) }, "mine labels image 1 as class 2, but has only classes 0 to 1."],
    [{ channels: 4 }, "mine must have channels, 1 or 3; got 4."],
    [{ height: 0 }, "mine must have a height in pixels; got 0."],
    [{ classNames: undefined }, "mine must have classNames, texts; got undefined."],
  ])("is refused whatever the number of workers: %j", (wrong, message) => {
    for (const workers of [0, 1]) {
      expect(() => imageDataset({ ...whole, ...wrong } as ImageSource, { workers })).toThrow(
        expect.objectContaining({ code: "DATASET", message }),
      );
    }
  });

  it("is refused with an option nobody knows", () => {
    expect(() => imageDataset(whole, { sizes: [1, 2] } as never)).toThrow(
      /has no option "sizes". Did you mean "size"\?/,
    );
    expect(() => imageDataset(whole, { size: 224 } as never)).toThrow(/size must be \[height, width\]; got 224/);
  });
});
