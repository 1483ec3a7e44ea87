import { type FileHandle, open } from "node:fs/promises";
import { DatasetError } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";
import type { Header as HeaderType } from "tar";

/** A file in a tar archive, and where its bytes lie. */
export interface TarEntry {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
  /** Its bytes, which are overwritten when the scan goes on. */
  content(): Promise<Buffer>;
}

const BLOCK = 512;
/** What is read at once where files are large: the headers of a few small ones, which come between them. And where all are small. */
const PIECE = 8 * BLOCK;
const LARGE_PIECE = 512 * BLOCK;
/** A name longer than that is none. */
const LONGEST_NAME = 64 * 1024;

/**
 * The files in a tar archive, in order; their content is skipped. An archive in an archive is a file. Throws `DatasetError`, which
 * names the archive and the place, when it is damaged or none.
 */
export async function* scanTar(path: string): AsyncGenerator<TarEntry> {
  const file = await open(path).catch((cause) => {
    throw new DatasetError(`Cannot read ${path}: ${describeFailure(cause)}.`, { cause });
  });
  try {
    yield* entriesFrom(path, file, 0, (await file.stat()).size);
  } finally {
    await file.close();
  }
}

/** The files in an archive that lies in another. */
export async function* scanInnerTar(path: string, { offset, size }: TarEntry): AsyncGenerator<TarEntry> {
  const file = await open(path);
  try {
    yield* entriesFrom(path, file, offset, offset + size);
  } finally {
    await file.close();
  }
}

async function* entriesFrom(path: string, file: FileHandle, start: number, end: number): AsyncGenerator<TarEntry> {
  const { Header, Pax } = await import("tar");
  const read = reader(file);
  const textAt = async (at: number, size: number): Promise<string> => {
    if (size > LONGEST_NAME)
      throw new DatasetError(`${path} has a header of ${size} bytes at byte ${at}: it is damaged.`);
    return (await read(at, size)).toString("utf8");
  };
  // Longer names and sizes come in entries before the one they are of.
  let extended: { readonly path?: string; readonly size?: number } = {};
  const headerIn = (block: Buffer): HeaderType | undefined => {
    try {
      return new Header(block, 0, extended);
    } catch {
      return undefined;
    }
  };
  for (let at = start; at + BLOCK <= end; ) {
    const header = headerIn(await read(at, BLOCK));
    if (header?.nullBlock) return;
    if (!header?.cksumValid) {
      throw new DatasetError(
        `${path} is damaged at byte ${at}, or no tar archive: what should be a header is none. A compressed archive has to be ` +
          "uncompressed first.",
      );
    }
    const offset = at + BLOCK;
    const { size = 0 } = header;
    if (!(size >= 0)) throw new DatasetError(`${path} is damaged at byte ${at}: it has a file of ${size} bytes.`);
    if (offset + size > end) {
      throw new DatasetError(
        `${path} is truncated: a file of ${size} bytes begins at byte ${offset}, and the archive ends at byte ${end}.`,
      );
    }
    at = offset + Math.ceil(size / BLOCK) * BLOCK;
    if (header.type === "ExtendedHeader" || header.type === "OldExtendedHeader") {
      const { path: long, size: large } = Pax.parse(await textAt(offset, size));
      extended = { ...(long !== undefined && { path: long }), ...(large !== undefined && { size: large }) };
    } else if (header.type === "NextFileHasLongPath") {
      extended = { ...extended, path: (await textAt(offset, size)).replace(/\0.*$/s, "") };
    } else if (header.type !== "GlobalExtendedHeader") {
      const { path: name = "" } = header;
      extended = {};
      if (header.type === "File" || header.type === "OldFile" || header.type === "ContiguousFile") {
        yield { name, offset, size, content: () => read(offset, size) };
      }
    }
  }
}

/** Reads a file from its beginning on, here and there, from a piece that is kept where it has what is asked for. */
function reader(file: FileHandle): (at: number, length: number) => Promise<Buffer> {
  const room = Buffer.alloc(LARGE_PIECE);
  let piece = room.subarray(0, 0);
  let from = 0;
  return async (at, length) => {
    if (at < from || at + length > from + piece.length) {
      const isNear = at < from + piece.length + LARGE_PIECE / 8;
      const wanted = Math.max(length, isNear ? LARGE_PIECE : PIECE);
      const buffer = wanted > room.length ? Buffer.alloc(wanted) : room;
      const { bytesRead } = await file.read(buffer, 0, wanted, at);
      piece = buffer.subarray(0, bytesRead);
      from = at;
    }
    return piece.subarray(at - from, at - from + length);
  };
}
