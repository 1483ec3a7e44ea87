import { join } from "node:path";
import { isFolder, readIfThere } from "@alexnet/files";
import type { LeftOut } from "../../choices/bad-pictures.js";
import { writeFile } from "../../program/write-file.js";

/** The pictures that a training left out, one a line, in its folder. */
export const SKIPPED = "skipped.txt";

/** Adds what was left out to the list in the run folder: a training that was resumed meets the same pictures again. */
export async function writeSkipped(directory: string, { reasons }: LeftOut): Promise<void> {
  if (reasons.size === 0 || !(await isFolder(directory))) return;
  const path = join(directory, SKIPPED);
  const known = ((await readIfThere(path)) ?? "").split("\n").filter((line) => line !== "");
  const lines = new Map<string, string>();
  for (const line of [...known, ...Array.from(reasons, (reason) => reason.replaceAll(/\s+/g, " "))]) {
    const picture = pictureIn(line);
    if (!lines.has(picture)) lines.set(picture, line);
  }
  await writeFile(path, `${[...lines.values()].join("\n")}\n`);
}

/** What a line is about: a decoder may find another fault first the next time, which stands behind a colon. */
const pictureIn = (line: string): string => line.split(": ", 1)[0]!;
