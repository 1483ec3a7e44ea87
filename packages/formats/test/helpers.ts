import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

/** A file in `test/golden`. */
export function golden(name: string): URL {
  return new URL(`./golden/${name}`, import.meta.url);
}

/** An empty directory that goes when the test ends. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "alexnet-formats-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
