import type { FileHandle } from "node:fs/promises";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { DatasetError } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";
import { mostPictureBytes } from "../../image/read-picture.js";
import type { StoredPictures } from "../stored-pictures.js";

/** Pictures in uncompressed tar archives. */
export interface TarStorage {
  readonly kind: "tar";
  readonly root: string;
  /** Paths of the archives in the root. */
  readonly archives: readonly string[];
  /** Of each picture: its archive, where it begins in it, and how long it is. */
  readonly archive: Float64Array;
  readonly offsets: Float64Array;
  readonly sizes: Float64Array;
}

/** So many archives are open at a time. */
const OPEN = 32;

export function openTars({ root, archives, archive, offsets, sizes }: TarStorage): StoredPictures {
  const files = new Map<number, Promise<FileHandle>>();
  const pathOf = (which: number): string => join(root, archives[which]!);

  /** The archive, opened if it is not; the one that was not used for longest is closed for it. */
  function fileOf(which: number): Promise<FileHandle> {
    const known = files.get(which);
    const file = known ?? open(pathOf(which));
    files.delete(which);
    files.set(which, file);
    if (files.size > OPEN) {
      const [oldest, handle] = files.entries().next().value!;
      files.delete(oldest);
      // What still reads from it finishes first.
      handle.then((opened) => opened.close()).catch(() => {});
    }
    return file;
  }

  return {
    async close() {
      const opened = await Promise.allSettled(files.values());
      files.clear();
      for (const file of opened) if (file.status === "fulfilled") await file.value.close();
    },
    async read(index) {
      const which = archive[index]!;
      const [offset, size] = [offsets[index]!, sizes[index]!];
      const name = `${pathOf(which)} at byte ${offset}`;
      if (size > mostPictureBytes) {
        throw new DatasetError(
          `The picture in ${name} has ${size} bytes, more than the ${mostPictureBytes} that are read.`,
        );
      }
      const bytes = Buffer.alloc(size);
      try {
        const file = await fileOf(which);
        const { bytesRead } = await file.read(bytes, 0, size, offset);
        if (bytesRead === size) return { name: `The picture in ${name}`, bytes };
      } catch (cause) {
        files.delete(which);
        throw new DatasetError(`Cannot read the picture in ${name}: ${describeFailure(cause)}.`, { cause });
      }
      throw new DatasetError(`The picture in ${name} is truncated: the archive ends before it does.`);
    },
  };
}
