import type { DecodedImage } from "@alexnet/data";

/** Brighter than this, of 255, is light. */
const LIGHT = 128;

/** Whether what is around a picture is light, and lighter than the whole of it: black ink on paper. */
export function isDarkOnLight({ data, width, height, channels }: DecodedImage): boolean {
  let [border, borderCount, all] = [0, 0, 0];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = (y * width + x) * channels;
      const value = channels === 1 ? data[at]! : (data[at]! + data[at + 1]! + data[at + 2]!) / 3;
      all += value;
      if (y > 0 && y < height - 1 && x > 0 && x < width - 1) continue;
      border += value;
      borderCount++;
    }
  }
  const around = border / borderCount;
  return around > LIGHT && around > all / (width * height);
}

/** Light becomes dark, and dark light. */
export function inverted(image: DecodedImage): DecodedImage {
  return { ...image, data: image.data.map((value) => 255 - value) };
}
