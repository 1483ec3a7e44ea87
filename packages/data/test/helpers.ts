import { existsSync } from "node:fs";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { onTestFinished, type TestContext } from "vitest";
import { bilinearResizer } from "../src/pixels/resize.js";

/** A file in `test/golden`. */
export function golden(name: string): URL {
  return new URL(`./golden/${name}`, import.meta.url);
}

/** A JSON file in `test/golden`. */
export async function goldenJson<T>(name: string): Promise<T> {
  return JSON.parse(await readFile(golden(name), "utf8")) as T;
}

/** A module of `dist`, for what a worker or another process runs. */
export function builtModule(name: string): URL {
  const url = new URL(`../dist/${name}`, import.meta.url);
  if (!existsSync(url)) {
    throw new Error(`${fileURLToPath(url)} is not there: run "npm run build" first.`);
  }
  return url;
}

/** Resizes all of an image. */
export function resizeWhole(
  [height, width]: readonly [height: number, width: number],
  size: readonly [height: number, width: number],
  channels: 1 | 3,
): (pixels: Uint8Array) => Uint8Array {
  const resize = bilinearResizer();
  const whole = (of: readonly [number, number]) => ({ top: 0, left: 0, height: of[0], width: of[1] });
  return (pixels) =>
    resize(pixels, { height, width, channels }, { box: whole([height, width]), size, crop: whole(size) });
}

/** An empty directory that goes when the test ends. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "alexnet-data-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A file of the real datasets, from ALEXNET_DATA_DIR or a folder `shared/data` beside the project; else skips. */
export function realData(context: TestContext, path: string): string {
  const roots = process.env.ALEXNET_DATA_DIR ? [process.env.ALEXNET_DATA_DIR] : [];
  for (let folder = dirname(fileURLToPath(import.meta.url)); dirname(folder) !== folder; folder = dirname(folder)) {
    roots.push(join(folder, "shared", "data"));
  }
  const found = roots.map((root) => join(root, path)).find((candidate) => existsSync(candidate));
  return found ?? context.skip(`${path} is not here; set ALEXNET_DATA_DIR to the folder of the datasets to run this`);
}

/** An IDX file of uint8. */
export function idx(shape: readonly number[], data: ArrayLike<number>): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header[2] = 8;
  header[3] = shape.length;
  shape.forEach((extent, axis) => {
    header.writeUInt32BE(extent, 4 + 4 * axis);
  });
  return Buffer.concat([header, Uint8Array.from(data)]);
}

/** A gzipped IDX file of uint8. */
export function gzippedIdx(shape: readonly number[], data: ArrayLike<number>): Buffer {
  return gzipSync(idx(shape, data));
}
