import { fileURLToPath } from "node:url";
import { types } from "node:util";
import { DatasetError, hasCode } from "@alexnet/core";
import { checkOptions, messageOf } from "@alexnet/core/support";
import { checkLimits, defaultMostPixels, type PictureLimits } from "../pictures/limits.js";
import type { DecodedImage } from "../pixels/format.js";
import { jpegHeader } from "./jpeg-header.js";
import { loadSharp } from "./load-sharp.js";
import { readPicture } from "./read-picture.js";

/** What sharp calls gray, of 8 and of 16 bits. */
const graySpaces: ReadonlySet<string> = new Set(["b-w", "grey16"]);

/**
 * Decodes a picture in a file or in memory: JPEG, PNG, WebP, AVIF, GIF (its first frame), TIFF and SVG. It is turned
 * upright as its EXIF orientation says, transparency is laid over white, and 16 bits become 8, their upper half. Color
 * profiles are ignored, and CMYK becomes RGB without one, as Pillow's `convert("RGB")` has it, so that a model sees the
 * pixels it would see in Python. Needs the package `sharp`.
 * Throws `DatasetError`, which names the file, when there is none, it is no whole picture or has more than `mostPixels`.
 */
export async function decodeImage(
  source: string | URL | Uint8Array,
  options: Pick<PictureLimits, "mostPixels"> = {},
): Promise<DecodedImage> {
  checkOptions("decodeImage", options, { mostPixels: true });
  checkLimits("decodeImage", options);
  const { mostPixels } = options;
  if (types.isUint8Array(source)) return decodePicture(source, `An image of ${source.byteLength} bytes`, mostPixels);
  const path = typeof source === "string" ? source : fileURLToPath(source);
  return decodePicture(await readPicture(path), path, mostPixels);
}

/** `decodeImage` of bytes that are called `name` in errors. */
export async function decodePicture(
  bytes: Uint8Array,
  name: string,
  mostPixels = defaultMostPixels,
): Promise<DecodedImage> {
  const sharp = await loadSharp();
  try {
    const picture = sharp(bytes, { ignoreIcc: true, limitInputPixels: false });
    // What most pictures are is read off them in no time; sharp takes a tenth of what decoding takes.
    const { space, width, height } = jpegHeader(bytes) ?? (await picture.metadata());
    if (width * height > mostPixels) {
      const most = mostPixels.toLocaleString("en");
      throw new DatasetError(
        `${name} has ${width} x ${height} pixels, more than the ${most} that are decoded. Make it smaller, or allow for ` +
          "more with mostPixels.",
      );
    }
    picture.autoOrient();
    if (space === "cmyk")
      return printedColors(
        await picture.pipelineColourspace("cmyk").toColourspace("cmyk").raw().toBuffer({ resolveWithObject: true }),
      );
    const { data, info } = await picture
      .flatten({ background: "white" })
      .toColourspace(graySpaces.has(space) ? "b-w" : "srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    // Flattened, without alpha: gray or colors.
    return { width: info.width, height: info.height, channels: info.channels as 1 | 3, data };
  } catch (cause) {
    if (hasCode(cause, "DATASET")) throw cause;
    throw new DatasetError(
      `${name} cannot be decoded: ${messageOf(cause)}. It is damaged, or not a picture in a known format.`,
      { cause },
    );
  }
}

/** CMYK to RGB without a profile, `(255 − C)(255 − K) / 255` in Pillow's rounding (`cmyk2rgb` in its Convert.c). */
function printedColors({
  data,
  info: { width, height },
}: {
  data: Uint8Array;
  info: { width: number; height: number };
}): DecodedImage {
  const rgb = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const light = 255 - data[pixel * 4 + 3]!;
    for (let channel = 0; channel < 3; channel++) {
      const product = data[pixel * 4 + channel]! * light + 128;
      rgb[pixel * 3 + channel] = light - (((product >> 8) + product) >> 8);
    }
  }
  return { width, height, channels: 3, data: rgb };
}
