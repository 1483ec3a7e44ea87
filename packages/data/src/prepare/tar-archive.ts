import type { Header as TarHeader } from "tar";

const BLOCK = 512;

/** An archive in the making. */
export interface TarArchive {
  /** Adds a file. Returns false, and adds nothing, when its name is too long for an old header. */
  add(name: string, content: Uint8Array): boolean;
  /** All of it. */
  chunks(): readonly Uint8Array[];
}

/** An archive whose bytes depend on its files alone: all are from 1970 and belong to nobody. */
export function tarArchive(Header: typeof TarHeader): TarArchive {
  const parts: Uint8Array[] = [];
  return {
    add(path, content) {
      const { length: size } = content;
      const header = new Header({ path, size, mode: 0o644, uid: 0, gid: 0, mtime: new Date(0), type: "File" });
      const needsMore = header.encode();
      if (needsMore || !header.block) return false;
      parts.push(header.block, content, new Uint8Array((BLOCK - (size % BLOCK)) % BLOCK));
      return true;
    },
    chunks: () => [...parts, new Uint8Array(2 * BLOCK)],
  };
}
