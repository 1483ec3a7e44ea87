import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncDirectory, writeDurably } from "./durable.js";

/**
 * Writes a file that is whole and on the disk, or, after a failure, what it was before. Takes chunks, so that weights of
 * hundreds of megabytes need not be copied into one buffer first, which is what kept libraries want. Throws the system's
 * error.
 */
export async function writeWhole(path: string, content: string | Iterable<Uint8Array>): Promise<void> {
  const partial = `${path}.${randomUUID()}.partial`;
  try {
    await writeDurably(partial, typeof content === "string" ? [Buffer.from(content)] : content);
    await rename(partial, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
