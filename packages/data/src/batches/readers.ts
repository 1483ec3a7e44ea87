import { type DatasetError, hasCode } from "@alexnet/core";
import { codeOf } from "@alexnet/core/support";
import { decodePicture } from "../image/decode-image.js";
import type { BadPicture } from "../pictures/picture-source.js";
import { openStorage, type Storage } from "../pictures/storage.js";
import type { DecodedImage, PixelFormat } from "../pixels/format.js";

/** Decoded images of one size, `[N, H, W, C]`, all in memory. */
export interface PixelMemory extends PixelFormat {
  readonly kind: "memory";
  readonly pixels: Uint8Array;
}

/** Where images come from; plain data, so that a worker can have it. */
export type ImageStore = PixelMemory | Storage;

/** Images by their number. */
export interface ImageReader {
  /** At once where that takes no time. Throws `DatasetError`. */
  read(index: number): DecodedImage | Promise<DecodedImage>;
  /** Closes what is open. Nothing is read afterwards. */
  close(): Promise<void>;
}

/** Reads images from where they are. */
export function imageReader(store: ImageStore, mostPixels: number | undefined): ImageReader {
  return store.kind === "memory" ? memoryReader(store) : pictureReader(store, mostPixels);
}

function memoryReader({ pixels, height, width, channels }: PixelMemory): ImageReader {
  const length = height * width * channels;
  return {
    read: (index) => ({ height, width, channels, data: pixels.subarray(index * length, (index + 1) * length) }),
    async close() {},
  };
}

function pictureReader(storage: Storage, mostPixels: number | undefined): ImageReader {
  const stored = openStorage(storage);
  return {
    async read(index) {
      const { bytes, name } = await stored.read(index);
      return decodePicture(bytes, name, mostPixels);
    },
    close: () => stored.close(),
  };
}

/** What comes of a picture, or what is bad about it. Throws for everything else that fails. */
export async function orBad<Result>(index: number, work: () => Promise<Result>): Promise<Result | BadPicture> {
  try {
    return await work();
  } catch (error) {
    if (!isBadPicture(error)) throw error;
    return { index, reason: error.message };
  }
}

/** What a system says of a file that will not be there another time either. */
const LASTING: ReadonlySet<string> = new Set(["ENOENT", "EACCES", "EPERM", "EISDIR", "ENOTDIR", "ELOOP"]);

/** Whether a picture failed for good: it is damaged, or not there. A disk that fails is no fault of its pictures. */
function isBadPicture(error: unknown): error is DatasetError {
  if (!hasCode(error, "DATASET")) return false;
  const code = codeOf(error.cause);
  return typeof code !== "string" || LASTING.has(code);
}
