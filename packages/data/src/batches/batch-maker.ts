import type { Augmentation } from "@alexnet/core";
import type { BadPicture } from "../pictures/picture-source.js";
import { type Placement, placementOf } from "../pixels/augment.js";
import type { DecodedImage } from "../pixels/format.js";
import { type Preparing, preparer } from "../pixels/preparer.js";
import { type Views, viewPlacements } from "../pixels/views.js";
import { type ImageReader, type ImageStore, imageReader, orBad } from "./readers.js";

/** All that decides a batch's pixels; plain data, so that a worker can have it. */
export interface BatchMakerOptions extends Preparing {
  readonly store: ImageStore;
  /** Of an encoded picture, at most. */
  readonly mostPixels?: number | undefined;
  readonly augmentation?: Augmentation | undefined;
  /** So many examples show each image. */
  readonly views?: Views | undefined;
}

/** What a batch is made of. */
export interface BatchTask {
  /** They must be in range. */
  readonly indices: Int32Array;
  /** Of a training, whose images are varied by it. */
  readonly epoch?: number | undefined;
  /** Memory for its pixels that nobody needs any more. Fresh memory costs a tenth of the time that a picture takes. */
  readonly spare?: ArrayBuffer | undefined;
}

/** A batch as it was made. */
export interface MadeBatch {
  /** `[N, C, H, W]` of the images that can be read. */
  readonly data: Float32Array;
  /** Those that cannot, once each. */
  readonly bad: readonly BadPicture[];
}

/** Makes batches. */
export interface BatchMaker {
  make(task: BatchTask): Promise<MadeBatch>;
  /** Closes the files that are open. Nothing is made afterwards. */
  close(): Promise<void>;
}

/** So many pictures are read and decoded, on threads of their own, while one is resized. */
const AHEAD = 3;

export function batchMaker(options: BatchMakerOptions): BatchMaker {
  const { store, mostPixels, to, geometry, augmentation, views } = options;
  const room = [geometry.whole[0] - to.height, geometry.whole[1] - to.width] as const;
  const places = views && viewPlacements(views, room);
  const looks = places?.length ?? 1;
  const reader = imageReader(store, mostPixels);
  const prepare = preparer(options);
  const length = to.height * to.width * to.channels;

  function placeOf(index: number, epoch: number | undefined, image: DecodedImage): Placement | undefined {
    if (places) return places[index % looks];
    return augmentation && epoch !== undefined ? placementOf(augmentation, { epoch, index }, room, image) : undefined;
  }

  async function make({ indices, epoch, spare }: BatchTask): Promise<MadeBatch> {
    const data = floats(indices.length * length, spare);
    const bad: BadPicture[] = [];
    let end = 0;
    for await (const [index, image] of inOrder(reader, indices, looks)) {
      if (!("data" in image)) {
        if (bad.at(-1)?.index !== image.index) bad.push(image);
        continue;
      }
      prepare(image, data.subarray(end, end + length), placeOf(index, epoch, image));
      end += length;
    }
    return { data: data.subarray(0, end), bad };
  }

  return { make, close: () => reader.close() };
}

/** So many numbers, in the memory that is spare where it is enough; what was in it stays until it is overwritten. */
export function floats(length: number, spare: ArrayBuffer | undefined): Float32Array {
  const isEnough = spare && spare.byteLength >= length * Float32Array.BYTES_PER_ELEMENT;
  return isEnough ? new Float32Array(spare, 0, length) : new Float32Array(length);
}

/** The image of each index, `looks` of which show one; the next few are read meanwhile. */
async function* inOrder(
  reader: ImageReader,
  indices: Int32Array,
  looks: number,
): AsyncGenerator<readonly [index: number, image: DecodedImage | BadPicture]> {
  const pending: (DecodedImage | BadPicture | Promise<DecodedImage | BadPicture>)[] = [];
  const read = (position: number): void => {
    const image = Math.floor(indices[position]! / looks);
    const isSame = position > 0 && Math.floor(indices[position - 1]! / looks) === image;
    pending.push(isSame ? pending.at(-1)! : readOrBad(reader, image));
  };
  let [asked, last] = [0, undefined as DecodedImage | BadPicture | undefined];
  for (let position = 0; position < indices.length; position++) {
    while (asked < indices.length && asked <= position + AHEAD) read(asked++);
    const next = pending.shift()!;
    last = next instanceof Promise ? await next : next;
    yield [indices[position]!, last];
  }
}

/** The image, at once where that takes no time, or what is bad about it. */
function readOrBad(reader: ImageReader, index: number): DecodedImage | Promise<DecodedImage | BadPicture> {
  const image = reader.read(index);
  if (!(image instanceof Promise)) return image;
  const checked = orBad(index, () => image);
  // A failure is met when its turn comes.
  checked.catch(() => {});
  return checked;
}
