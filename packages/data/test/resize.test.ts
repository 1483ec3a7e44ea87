import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { sample } from "../src/index.js";
import { luminance } from "../src/pixels/luminance.js";
import { golden, goldenJson, resizeWhole } from "./helpers.js";

interface Case {
  readonly from: [number, number];
  readonly to: [number, number];
  readonly channels: 1 | 3;
}

const cases = await goldenJson<Case[]>("resize.json");
const bytes = await readFile(golden("resize.bin"));
let position = 0;
const located = cases.map((one) => {
  const start = position;
  const middle = start + one.from[0] * one.from[1] * one.channels;
  position = middle + one.to[0] * one.to[1] * one.channels;
  return { ...one, input: bytes.subarray(start, middle), output: bytes.subarray(middle, position) };
});

describe("a bilinear resize", () => {
  it.each(located)("of $channels channels from $from to $to is Pillow's to the bit", (one) => {
    const resized = resizeWhole(one.from, one.to, one.channels)(one.input);
    expect(Buffer.from(resized).equals(one.output)).toBe(true);
  });

  it("of the sample to 224 x 224 is d2l's to the bit", async () => {
    const { sample: digest } = await goldenJson<{ sample: string }>("pixels.json");
    const { pixels, labels } = await sample({ split: "test" });
    const resize = resizeWhole([28, 28], [224, 224], 1);
    const hash = createHash("sha256");
    for (let index = 0; index < labels.length; index++) {
      hash.update(resize(pixels.subarray(index * 784, (index + 1) * 784)));
    }
    expect(hash.digest("hex")).toBe(digest);
  });
});

describe("the luminance", () => {
  it("of colors all over the cube is Pillow's to the bit", async () => {
    const { luminance: digest } = await goldenJson<{ luminance: string }>("pixels.json");
    const level = (step: number) => Math.round((step * 255) / 63);
    const cube = new Uint8Array(64 ** 3 * 3);
    for (let index = 0; index < 64 ** 3; index++) {
      cube.set([level(index >> 12), level((index >> 6) & 63), level(index & 63)], index * 3);
    }
    const gray = luminance(cube, new Uint8Array(64 ** 3));
    expect(createHash("sha256").update(gray).digest("hex")).toBe(digest);
  });
});
