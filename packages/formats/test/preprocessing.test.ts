import type { Preprocessing } from "@alexnet/core";
import { describe, expect, it } from "vitest";
import { formatPreprocessing, parsePreprocessing } from "../src/index.js";

describe("how images are prepared", () => {
  it.each<Preprocessing>([
    {},
    {
      resizeMode: "center-crop",
      shorterSide: 256,
      range: 1,
      channelOrder: "rgb",
      mean: [0.1, 0.2, 0.3],
      std: [1, 2, 3],
    },
    {
      range: 255,
      meanImage: { shape: [1, 60, 100], data: Float32Array.from({ length: 6000 }, (_, index) => index / 7) },
    },
  ])("comes back from the text of a file", (preprocessing) => {
    expect(parsePreprocessing(formatPreprocessing(preprocessing))).toEqual(preprocessing);
  });

  it.each([
    undefined,
    "nonsense",
    "7",
    "null",
    '{"meanImage": {"shape": [1], "base64": "?"}}',
    '{"meanImage": {"shape": [1], "base64": "AAA="}}',
  ])("is not told by %s", (text) => expect(parsePreprocessing(text)).toBeUndefined());

  it("leaves out what it does not know", () => {
    expect(parsePreprocessing('{"range": 255, "color": "red", "meanImage": 7}')).toEqual({ range: 255 });
  });
});
