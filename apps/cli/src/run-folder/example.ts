import type { Dataset } from "@alexnet/core";
import { encodePng } from "../png.js";
import { writeWhole } from "./files.js";

/** Writes a picture of the test set into the run folder, so that there is one at hand to try `predict` on. */
export async function writeExample(path: string, test: Dataset): Promise<void> {
  const { images } = await test.batch([Math.floor(test.length / 2)]);
  const [, channels, height, width] = images.shape as [number, number, number, number];
  const plane = height * width;
  const pixels = new Uint8Array(channels * plane);
  for (let channel = 0; channel < channels; channel++) {
    for (let index = 0; index < plane; index++) {
      pixels[index * channels + channel] = Math.round((images.data[channel * plane + index] as number) * 255);
    }
  }
  await writeWhole(path, encodePng({ width, height, channels, pixels }));
}
