import { access, appendFile } from "node:fs/promises";
import { join } from "node:path";
import { permutation } from "@alexnet/core/random";
import { readIfThere, writeWhole } from "@alexnet/files";
import type { BadPictures } from "../batches/bad-pictures.js";
import { orBad } from "../batches/readers.js";
import { textAt } from "../pictures/packed-texts.js";
import type { BadPicture, PictureSource } from "../pictures/picture-source.js";
import { type Storage, withStorage } from "../pictures/storage.js";
import type { Split } from "../published/manifest.js";
import type { PackingOptions } from "./options.js";
import { type PackedPicture, picturePacker } from "./pack-picture.js";
import { tarArchive } from "./tar-archive.js";
import { writing } from "./writing.js";

const SKIPPED = "skipped.txt";
/** Pictures that are read, decoded and encoded at a time. */
const TOGETHER = 8;

/** Where a split goes and how, and who is told. */
export interface Packing {
  readonly to: string;
  readonly packing: PackingOptions;
  readonly bad: BadPictures;
  readonly mostPixels: number | undefined;
  readonly told: (done: number) => void;
  readonly signal: AbortSignal | undefined;
}

/** Packs one split, but for the shards that are there. Returns how many pictures were left out. */
export async function packSplit(
  source: PictureSource,
  split: Split,
  { to, packing, bad, mostPixels, told, signal }: Packing,
): Promise<number> {
  const { labels, storage } = source;
  const { picturesPerShard, seed } = packing;
  const order = permutation({ seed, purpose: `prepare:${split}` }, labels.length);
  const pack = picturePacker(packing, mostPixels);
  const { Header } = await import("tar");
  await withStorage(storage, async (stored) => {
    for (let first = 0, shard = 0; first < order.length; first += picturesPerShard, shard++) {
      const path = join(to, `${split}-${String(shard).padStart(6, "0")}.tar`);
      const members = order.subarray(first, first + picturesPerShard);
      const end = first + members.length;
      if (await isThere(path)) {
        told(end);
        continue;
      }
      const archive = tarArchive(Header);
      const found: BadPicture[] = [];
      const names = new Set<string>();
      for (let at = 0; at < members.length; at += TOGETHER) {
        signal?.throwIfAborted();
        const some = members.subarray(at, at + TOGETHER);
        const packed = await Promise.all(
          Array.from(some, (index) => orBad(index, async () => pack(await stored.read(index)))),
        );
        for (const [position, picture] of packed.entries()) {
          const index = some[position]!;
          if ("reason" in picture) found.push(picture);
          else addSample(archive, names, nameOf(storage, index), picture, labels[index]!);
        }
        bad.add(found);
        told(first + at + some.length);
      }
      await writing(to, async () => {
        // Before the archive is there: it is not looked into again.
        const lines = found.map(({ reason }) => `${split}\t${reason.replaceAll(/\s+/g, " ")}\n`);
        if (lines.length > 0) await appendFile(join(to, SKIPPED), lines.join(""));
        await writeWhole(path, archive.chunks());
      });
    }
  });
  return skippedOf(to, split);
}

/** Two files that follow each other: the picture and its class, with the same name. */
function addSample(
  archive: ReturnType<typeof tarArchive>,
  names: Set<string>,
  { path, number }: { readonly path: string | undefined; readonly number: string },
  { bytes, ending }: PackedPicture,
  label: number,
): void {
  const name = path === undefined || names.has(path) ? number : path;
  const added = archive.add(`${name}.${ending}`, bytes) ? name : number;
  if (added !== name) archive.add(`${added}.${ending}`, bytes);
  names.add(added);
  archive.add(`${added}.cls`, new TextEncoder().encode(String(label)));
}

/** What a picture is called in its archive: its path without dots, where it has one, and a number where that is too long or taken. */
function nameOf(storage: Storage, index: number): { readonly path: string | undefined; readonly number: string } {
  const number = String(index).padStart(8, "0");
  if (storage.kind !== "files") return { path: undefined, number };
  return {
    path: textAt(storage.paths, index)
      .replace(/\.[^./]*$/, "")
      .replaceAll(".", "_"),
    number,
  };
}

/** How many pictures are in the list of those that were left out; one that was met twice, before and after an interruption, counts once. */
async function skippedOf(to: string, split: Split): Promise<number> {
  const lines = ((await readIfThere(join(to, SKIPPED))) ?? "").split("\n");
  return new Set(lines.filter((line) => line.startsWith(`${split}\t`))).size;
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
