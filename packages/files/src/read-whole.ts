import { open } from "node:fs/promises";

/** Small enough for one read call on every platform. */
const maxReadBytes = 1 << 30;

/** The whole file in a buffer of its own, so that views on it are aligned; files past 2 GiB too. */
export async function readWhole(path: string): Promise<Uint8Array> {
  const file = await open(path, "r");
  try {
    const bytes = new Uint8Array((await file.stat()).size);
    let position = 0;
    while (position < bytes.byteLength) {
      const length = Math.min(maxReadBytes, bytes.byteLength - position);
      const { bytesRead } = await file.read(bytes, position, length, position);
      if (bytesRead === 0) {
        return bytes.slice(0, position);
      }
      position += bytesRead;
    }
    return bytes;
  } finally {
    await file.close();
  }
}
