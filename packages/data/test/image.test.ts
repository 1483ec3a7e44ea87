import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { DatasetError, InvalidArgumentError } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { type DecodedImage, decodeImage, imageTensor, type OutputOptions } from "../src/index.js";
import { golden, goldenJson, temporaryDirectory } from "./helpers.js";

interface Decoded {
  readonly shape: [number, number, number];
  readonly data: number[];
}

const color = await decodeImage(golden("color.png"));
const photo = await readFile(golden("oriented.jpg"));
const picture = await readFile(golden("gray.png"));
const decoded = await goldenJson<Record<string, Decoded>>("decoded.json");

describe("decodeImage", () => {
  it.each([
    ["color", "color.png"],
    ["gray", "gray.png"],
    ["a palette", "palette.png"],
    ["colors for print", "cmyk.tif"],
    ["colors for print, as JPEG", "cmyk.jpg"],
    ["colors for print with a profile, which both ignore", "cmyk-profile.jpg"],
  ])("reads a picture in %s as Pillow does", async (_, name) => {
    const { shape, data } = decoded[name]!;
    const image = await decodeImage(golden(name));
    expect([image.height, image.width, image.channels]).toEqual(shape);
    expect([...image.data]).toEqual(data);
  });

  it.each([
    ["lays transparency over white", "alpha.png"],
    ["makes 8 bits of 16", "sixteen-bit.png"],
    ["ignores a color profile, as Pillow does", "profile.png"],
  ])("%s", async (_, name) => {
    const { shape, data } = decoded[name]!;
    const image = await decodeImage(golden(name));
    expect([image.height, image.width, image.channels]).toEqual(shape);
    expect(largestDifference(image.data, data)).toBeLessThanOrEqual(1);
  });

  it("turns a photo upright as its EXIF orientation says", async () => {
    const { shape, data } = decoded["oriented.jpg"]!;
    const image = await decodeImage(golden("oriented.jpg"));
    expect(shape).toEqual([24, 16, 3]);
    expect([image.height, image.width, image.channels]).toEqual(shape);
    expect(largestDifference(image.data, data)).toBeLessThanOrEqual(2);
  });

  it("takes a path, an address and bytes alike", async () => {
    const directory = await temporaryDirectory();
    const path = join(directory, "ein Bild ü.png");
    const bytes = await readFile(golden("color.png"));
    await writeFile(path, bytes);
    const image = await decodeImage(bytes);
    expect(await decodeImage(path)).toEqual(image);
    expect(await decodeImage(pathToFileURL(path))).toEqual(image);
  });

  it("names a file that is not there", async () => {
    const path = join(await temporaryDirectory(), "missing.png");
    await expect(decodeImage(path)).rejects.toThrow(DatasetError);
    await expect(decodeImage(path)).rejects.toThrow(`Cannot read the image ${path}`);
  });

  it.each([
    ["no picture", Buffer.from("hello")],
    ["empty", Buffer.alloc(0)],
    ["a truncated photo", photo.subarray(0, 700)],
    ["a truncated picture", picture.subarray(0, 60)],
  ])("refuses a file that is %s, by name", async (_, bytes) => {
    const path = join(await temporaryDirectory(), "broken.jpg");
    await writeFile(path, bytes);
    await expect(decodeImage(path)).rejects.toThrow(DatasetError);
    await expect(decodeImage(path)).rejects.toThrow(`${path} cannot be decoded`);
    await expect(decodeImage(bytes)).rejects.toThrow(`An image of ${bytes.byteLength} bytes cannot be decoded`);
  });
});

it("a picture of too many pixels is called that, not damaged", async () => {
  const huge = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="20000" height="20000"/>');
  await expect(decodeImage(huge)).rejects.toThrow(
    `An image of ${huge.byteLength} bytes has 20000 x 20000 pixels, more than the 268,402,689 that are decoded. Make it smaller, or allow for more with mostPixels.`,
  );
});

describe("imageTensor", () => {
  it("is a batch of one in the image's own size by default", () => {
    const { shape, data } = imageTensor(color);
    expect(shape).toEqual([1, 3, 10, 14]);
    expect([...data.subarray(0, 140)].map((value) => Math.round(value * 255))).toEqual(
      [...color.data].filter((_, index) => index % 3 === 0),
    );
  });

  it("stretches to the size asked for, in gray as Pillow has it", async () => {
    const gray = await decodeImage(golden("gray.png"));
    const options: OutputOptions = { size: [28, 28], channels: 1 };
    expect(imageTensor(color, options)).toEqual(imageTensor(gray, options));
    expect(imageTensor(color, options).shape).toEqual([1, 1, 28, 28]);
  });

  it("resizes the shorter side and crops the middle as torchvision does", async () => {
    const cases =
      await goldenJson<{ from: [number, number]; shorterSide: number; size: [number, number] }[]>("crop.json");
    const bytes = await readFile(golden("crop.bin"));
    let position = 0;
    for (const { from, shorterSide, size } of cases) {
      const middle = position + from[0] * from[1] * 3;
      const end = middle + size[0] * size[1] * 3;
      const image: DecodedImage = {
        height: from[0],
        width: from[1],
        channels: 3,
        data: bytes.subarray(position, middle),
      };
      const { data } = imageTensor(image, { size, shorterSide, resizeMode: "center-crop" });
      expect([...data].map((value) => Math.round(value * 255))).toEqual(planes(bytes.subarray(middle, end)));
      position = end;
    }
    expect(position).toBe(bytes.byteLength);
  });

  it.each([
    [1, 65_500],
    [65_500, 1],
    [20_000, 3],
  ])("crops the middle of a picture of %d x %d without making the rest", (height, width) => {
    const image: DecodedImage = { height, width, channels: 3, data: new Uint8Array(height * width * 3).fill(51) };
    const before = process.memoryUsage().arrayBuffers;
    const { shape, data } = imageTensor(image, { size: [224, 224], resizeMode: "center-crop" });
    expect(shape).toEqual([1, 3, 224, 224]);
    expect(data.every((value) => Math.abs(value - 0.2) < 1e-6)).toBe(true);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 2 ** 20);
  });

  it("crops 224 from 256 unless told otherwise", () => {
    const options: OutputOptions = { size: [224, 224], resizeMode: "center-crop" };
    expect(imageTensor(color, options)).toEqual(imageTensor(color, { ...options, shorterSide: 256 }));
  });

  it("crops in gray as it crops gray", async () => {
    const gray = await decodeImage(golden("gray.png"));
    const options: OutputOptions = { size: [12, 12], channels: 1, resizeMode: "center-crop" };
    expect(imageTensor(color, options)).toEqual(imageTensor(gray, options));
  });

  it.each<[string, OutputOptions]>([
    ["a crop larger than the resized image", { size: [20, 30], shorterSide: 29, resizeMode: "center-crop" }],
    ["a fractional side", { size: [20, 20], shorterSide: 22.5, resizeMode: "center-crop" }],
    ["a size of nothing", { size: [0, 20] }],
  ])("refuses %s", (_, options) => {
    expect(() => imageTensor(color, options)).toThrow(InvalidArgumentError);
  });

  it("takes off the middle of a mean image, before it divides", () => {
    const image = {
      height: 2,
      width: 3,
      channels: 3,
      data: Uint8Array.from({ length: 18 }, (_, index) => index * 10),
    } as const;
    const data = Float32Array.from({ length: 3 * 4 * 6 }, (_, index) => index);
    const options = { range: 255, meanImage: { shape: [3, 4, 6], data }, std: [2, 4, 8] } as const;
    const tensor = imageTensor(image, options);
    for (const [c, std] of options.std.entries()) {
      for (const y of [0, 1]) {
        for (const x of [0, 1, 2]) {
          const mean = (c * 4 + y + 1) * 6 + x + 1;
          expect(tensor.data[(c * 2 + y) * 3 + x]).toBe(((y * 3 + x) * 30 + c * 10 - mean) / std);
        }
      }
    }
    expect(() => imageTensor(image, { ...options, mean: [1, 2, 3] })).toThrow(/cannot both be taken off/);
    expect(() => imageTensor(image, { meanImage: { shape: [3, 2, 2], data: new Float32Array(12) } })).toThrow(
      "meanImage must have the shape [3, 2, 3], or be higher and wider; got [3, 2, 2].",
    );
  });
});

function largestDifference(found: Uint8Array, expected: readonly number[]): number {
  expect(found.length).toBe(expected.length);
  return Math.max(...expected.map((value, index) => Math.abs(value - found[index]!)));
}

/** `[…, 3]` to one channel after the other. */
function planes(pixels: Uint8Array): number[] {
  return [0, 1, 2].flatMap((channel) => [...pixels].filter((_, index) => index % 3 === channel));
}
