import { describe, expect, it } from "vitest";
import { confusedPairs, confusionSvg } from "../../src/drawing/confusion.js";
import { contactSheet } from "../../src/drawing/contact-sheet.js";
import { filtersPicture } from "../../src/drawing/filters.js";
import { pictureOf } from "../../src/drawing/image.js";
import { weightsText } from "../../src/text/weights.js";

describe("filters", () => {
  it("are side by side, each from black to white, large enough to be seen", () => {
    const data = Float32Array.from({ length: 2 * 3 * 2 * 2 }, (_, index) => (index < 12 ? index : -index * 1e-9));
    const { width, height, channels, pixels } = filtersPicture({ shape: [2, 3, 2, 2], data })!;
    // 34 pixels each, as the next multiple of two is, and two between and around them.
    expect([width, height, channels]).toEqual([3 * 36 + 2, 38, 3]);
    const at = (x: number, y: number) => Array.from(pixels.subarray((y * width + x) * 3, (y * width + x) * 3 + 3));
    expect(at(0, 0)).toEqual([255, 255, 255]);
    expect(at(2, 2)).toEqual([0, Math.round((255 * 4) / 11), Math.round((255 * 8) / 11)]);
    expect(at(35, 35)).toEqual([Math.round((255 * 3) / 11), Math.round((255 * 7) / 11), 255]);
    expect(at(36 + 2, 2)[0]).toBe(255);
  });

  it("that see other than gray or colors cannot be seen", () => {
    expect(filtersPicture({ shape: [2, 4, 1, 1], data: new Float32Array(8) })).toBeUndefined();
    expect(filtersPicture({ shape: [2, 4], data: new Float32Array(8) })).toBeUndefined();
    const still = filtersPicture({ shape: [1, 1, 3, 3], data: new Float32Array(9) })!;
    expect(still.pixels[still.width * 2 + 2]).toBe(0);
  });
});

describe("confused classes", () => {
  const evaluation = {
    confusion: [
      [5, 3, 0],
      [7, 1, 0],
      [0, 0, 4],
    ],
  } as never;

  it("come with the most frequent mistake first, and their share of a class", () => {
    expect(confusedPairs(evaluation, 9)).toEqual([
      { label: 1, answer: 0, number: 7, share: 7 / 8 },
      { label: 0, answer: 1, number: 3, share: 3 / 8 },
    ]);
    expect(confusedPairs(evaluation, 1).length).toBe(1);
  });

  it("are drawn with their names, whatever these hold", () => {
    const svg = confusionSvg("a & b", evaluation, ["<cat>", "dog", "eel"]);
    expect(svg).toContain("&lt;cat&gt; taken for dog");
    expect(svg).toContain("7 (87.5 %)");
    expect(svg).toContain("<title>a &amp; b</title>");
  });

  it("are drawn for a thousand classes as the mistakes alone", () => {
    const names = Array.from({ length: 1000 }, (_, index) => `class ${index}`);
    const confusion = names.map((_, label) => names.map((_, answer) => (answer === (label + 1) % 1000 ? 1 : 0)));
    const svg = confusionSvg("many", { confusion } as never, names);
    expect(svg.length).toBeLessThan(10_000);
    expect(svg).toContain("class 0 taken for class 1");
  });
});

describe("a contact sheet", () => {
  it("has its captions below its pictures, cut to their width", () => {
    const picture = pictureOf({ shape: [1, 1, 40, 40], data: new Float32Array(1600).fill(2) });
    expect(picture.pixels[0]).toBe(255);
    const svg = contactSheet("some", [{ picture, caption: ["a name that is <too> long"] }], 2);
    expect(svg).toContain(">a nam…<");
    expect(svg).toMatch(/href="data:image\/png;base64,iVBOR/);
  });
});

describe("weights in words", () => {
  it("are a line a layer", () => {
    const parameters = {
      "conv1.weight": { magnitude: 0.05, change: 0.00005 },
      "conv1.bias": { magnitude: 1, change: 1 },
    };
    expect(weightsText({ parameters }).split("\n").at(-1)).toBe("conv1.weight    5.0e-2     5.0e-5  1.0e-3");
  });
});
