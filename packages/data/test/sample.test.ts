import { describe, expect, it } from "vitest";
import { decodeImage, sample } from "../src/index.js";
import { realData } from "./helpers.js";

describe("the embedded sample", () => {
  it.each([
    ["train", 75],
    ["test", 15],
  ] as const)("for %s has %d images of each class, the classes taking turns", async (split, perClass) => {
    const { labels, pixels, classNames, height, width, channels } = await sample({ split });
    expect([...labels]).toEqual(Array.from({ length: 10 * perClass }, (_, index) => index % 10));
    expect([height, width, channels]).toEqual([28, 28, 1]);
    expect(pixels.length).toBe(10 * perClass * 28 * 28);
    expect(pixels.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(classNames.length).toBe(10);
  });

  it("is what the sprite of Fashion-MNIST shows", async (context) => {
    const sprite = await decodeImage(realData(context, "fashion-mnist/sprite.png"));
    const [train, test] = [await sample({ split: "train" }), await sample({ split: "test" })];
    for (let label = 0; label < 10; label++) {
      for (let index = 0; index < 90; index++) {
        const { pixels, position } =
          index < 75
            ? { pixels: train.pixels, position: index * 10 + label }
            : { pixels: test.pixels, position: (index - 75) * 10 + label };
        const image = pixels.subarray(position * 784, (position + 1) * 784);
        expect(Buffer.from(image).equals(spriteImage(sprite, label * 3 + Math.floor(index / 30), index % 30))).toBe(
          true,
        );
      }
    }
  });
});

function spriteImage(
  { data, width, channels }: { data: Uint8Array; width: number; channels: number },
  row: number,
  column: number,
): Buffer {
  return Buffer.from(
    Array.from({ length: 784 }, (_, pixel) => {
      const y = row * 28 + Math.floor(pixel / 28);
      return data[(y * width + column * 28 + (pixel % 28)) * channels]!;
    }),
  );
}
