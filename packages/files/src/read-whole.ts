import { constants, type FileHandle, open } from "node:fs/promises";

/** Small enough for one read call on every platform. */
const maxReadBytes = 1 << 30;

/**
 * The whole file in a buffer of its own, so that views on it are aligned; files past 2 GiB too. Rejects before anything is read what is no
 * file (a pipe nobody writes to would be waited for) and a file of more than `most` bytes.
 */
export async function readWhole(path: string, most = Number.POSITIVE_INFINITY): Promise<Uint8Array> {
  // Windows has no such flag, and no such pipes.
  const file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  try {
    return await read(file, most);
  } finally {
    await file.close();
  }
}

async function read(file: FileHandle, most: number): Promise<Uint8Array> {
  const found = await file.stat();
  if (found.isDirectory()) throw Object.assign(new Error("it is a folder"), { code: "EISDIR" });
  if (!found.isFile()) throw new Error("it is no file but a device or a pipe");
  if (found.size > most) throw new Error(`it has ${found.size} bytes, more than the ${most} that are read`);
  const bytes = new Uint8Array(found.size);
  let position = 0;
  while (position < bytes.byteLength) {
    const length = Math.min(maxReadBytes, bytes.byteLength - position);
    const { bytesRead } = await file.read(bytes, position, length, position);
    if (bytesRead === 0) return bytes.slice(0, position);
    position += bytesRead;
  }
  return bytes;
}
