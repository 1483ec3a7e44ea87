import { randomUUID } from "node:crypto";
import { rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { syncDirectory, writeDurably } from "./durable.js";

/** Whether this is the name of a file that `writeWhole` did not write to its end, because its process was killed. */
export const isPartial = (name: string): boolean => /\.[0-9a-f-]{36}\.partial$/.test(name);

/** A name for a file that is to become this one, or was. */
export const partialOf = (path: string): string => `${path}.${randomUUID()}.partial`;

/**
 * Writes a file that is whole and on the disk, or, after a failure, what it was before. Takes chunks, so that weights of
 * hundreds of megabytes need not be copied into one buffer first, which is what kept libraries want. Throws the system's
 * error.
 */
export async function writeWhole(path: string, content: string | Iterable<Uint8Array>): Promise<void> {
  const partial = partialOf(path);
  try {
    await writeDurably(partial, typeof content === "string" ? [Buffer.from(content)] : content);
    await rename(partial, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
}
