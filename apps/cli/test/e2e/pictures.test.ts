import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { onnxBackend } from "@alexnet/backend-onnx";
import { alexnetCaffe, initialParameters, predict } from "@alexnet/core";
import { caffeNormalization, decodeImage, imageTensor } from "@alexnet/data";
import { writeSafetensors } from "@alexnet/formats/node";
import { beforeAll, describe, expect, it } from "vitest";
import { alexnet, temporaryFolder } from "./cli.js";

const sharp = createRequire(new URL("../../../../packages/data/package.json", import.meta.url))("sharp");
const folder = temporaryFolder();
const model = alexnetCaffe({ classes: 7, inputSize: 67 });
const parameters = initialParameters(model, 3);

/** A picture of noise in this size. */
async function picture(name: string, width: number, height: number): Promise<void> {
  const data = Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 7919) % 251);
  writeFileSync(
    join(folder(), name),
    await sharp(data, { raw: { width, height, channels: 3 } })
      .png()
      .toBuffer(),
  );
}

beforeAll(async () => {
  await picture("photo.png", 90, 70);
  await picture("thin.png", 1, 65_000);
  writeFileSync(join(folder(), "broken.png"), "no picture");
  await writeSafetensors(join(folder(), "caffe.safetensors"), parameters, {});
});

const ask = (...words: readonly string[]) =>
  alexnet(folder(), [
    ...["predict", "--weights", "caffe.safetensors", "--model", "alexnet-caffe", "--input-size", "67"],
    ...["--backend", "onnx:cpu", "--json", ...words],
  ]);

describe("alexnet predict on weights that say nothing", () => {
  it("prepares pictures as the model's family does, and says so", async () => {
    const { stdout, stderr } = await ask("photo.png");
    expect(stderr).toContain("pixels 0 to 255, BGR; mean 104.007, 116.669, 122.679 taken off; not divided.");
    expect(stderr).toContain(
      "caffe.safetensors does not say how its images were; this is how Caffe's models are tested.",
    );
    const image = await decodeImage(join(folder(), "photo.png"));
    const images = imageTensor(image, { size: [67, 67], ...caffeNormalization });
    const backend = await onnxBackend();
    const { probabilities } = await predict({ model, backend, parameters, images });
    await backend.dispose();
    const [{ classes }] = JSON.parse(stdout);
    for (const { index, probability } of classes)
      expect(probability).toBeCloseTo(probabilities.data[index] as number, 6);
  });

  it("does what flags say instead, and says that", async () => {
    const plain = await ask("photo.png", "--preprocessing", "plain");
    expect(plain.stderr).toContain(
      "prepared so: resized as a whole; pixels 0 to 1, RGB; no mean taken off; not divided.",
    );
    const other = await ask(
      "photo.png",
      "--mean",
      "0.5,0.5,0.4",
      "--std",
      "2,2,2",
      "--range",
      "1",
      "--channel-order",
      "rgb",
    );
    expect(other.stderr).toContain("pixels 0 to 1, RGB; mean 0.5, 0.5, 0.4 taken off; divided by 2, 2, 2.");
    expect(other.stdout).not.toBe(plain.stdout);
  });

  it.each([
    [["--range", "7"], "Allowed choices are 1, 255."],
    [["--mean", "1,x"], "It must be a number."],
    [["--preprocessing", "keras"], "Allowed choices are plain, torchvision, caffe."],
  ])("refuses %j", async (words, message) => {
    const { code, stderr } = await ask("photo.png", ...words);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });

  it("tells of a mean that does not fit the channels, once for each picture", async () => {
    const { code, stderr } = await ask("photo.png", "--mean", "1,2");
    expect(stderr).toContain("photo.png: mean must be 3 finite numbers, one per channel; got [1, 2].");
    expect(code).toBe(1);
  });

  it("predicts the others where some cannot be read, and takes a picture of any shape", async () => {
    const { code, stdout, stderr } = await ask(
      "broken.png",
      "thin.png",
      "missing.png",
      "photo.png",
      "--resize",
      "center-crop",
    );
    expect(JSON.parse(stdout).map(({ image }: { image: string }) => image)).toEqual(["thin.png", "photo.png"]);
    expect(stderr.match(/^error: .*$/gm)).toHaveLength(2);
    expect(code).toBe(1);
  });
});
