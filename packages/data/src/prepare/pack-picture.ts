import { decodePicture } from "../image/decode-image.js";
import { loadSharp } from "../image/load-sharp.js";
import { formatOf } from "../picture-format.js";
import type { StoredPicture } from "../pictures/stored-pictures.js";
import { shorterSideSize } from "../pixels/geometry.js";
import { bilinearResizer } from "../pixels/resize.js";
import type { PackingOptions } from "./options.js";

/** A picture as it goes into a shard. */
export interface PackedPicture {
  readonly bytes: Uint8Array;
  /** `jpg`, … */
  readonly ending: string;
}

/** Makes pictures as they go into shards. */
export function picturePacker(
  { shorterSide, quality }: Pick<PackingOptions, "shorterSide" | "quality">,
  mostPixels: number | undefined,
): (picture: StoredPicture) => Promise<PackedPicture> {
  const resize = bilinearResizer();
  return async ({ bytes, name }) => {
    // Decoded whole in any case: what is packed can be read.
    const image = await decodePicture(bytes, name, mostPixels);
    const { height, width, channels } = image;
    if (Math.min(height, width) <= shorterSide) return { bytes, ending: formatOf(bytes) ?? "tif" };
    const size = shorterSideSize([height, width], shorterSide);
    const whole = (of: readonly [number, number]) => ({ top: 0, left: 0, height: of[0], width: of[1] });
    const resized = resize(image.data, image, { box: whole([height, width]), size, crop: whole(size) });
    const sharp = await loadSharp();
    // sharp reads the pixels later, when the next picture may have taken their place.
    const raw = { width: size[1], height: size[0], channels };
    const encoded = await sharp(Uint8Array.from(resized), { raw })
      .toColourspace(channels === 1 ? "b-w" : "srgb")
      .jpeg({ quality, chromaSubsampling: "4:4:4" })
      .toBuffer();
    return { bytes: encoded, ending: "jpg" };
  };
}
