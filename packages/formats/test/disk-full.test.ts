import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Checkpoint, CheckpointError, tensor } from "@alexnet/core";
import { type WriteFile, writeDurably } from "@alexnet/files";
import { describe, expect, it, onTestFinished } from "vitest";
import { checkpointStore } from "../src/checkpoint/store.js";
import { directoryCheckpoints } from "../src/node.js";
import { checkpoint } from "./checkpoints.js";
import { temporaryDirectory } from "./helpers.js";

describe("when the disk fills up during a save", () => {
  it.each([0, 1, 2])("after %d files, the error says so and the previous checkpoint stays", async (files) => {
    const directory = await temporaryDirectory();
    const previous = await directoryCheckpoints(directory).save(checkpoint(1));
    const saving = checkpointStore(directory, 2, fullAfter(files)).save(checkpoint(2));
    await expect(saving).rejects.toThrow(CheckpointError);
    await expect(saving).rejects.toThrow(`${join(directory, "step-00000002")}: the disk is full (ENOSPC)`);
    await expect(saving).rejects.toThrow(`The previous checkpoint is still there: ${previous}.`);
    expect(await readdir(directory)).toEqual(["step-00000001"]);
    expect(await directoryCheckpoints(directory).latest()).toEqual(checkpoint(1));
  });

  it.each([0, 1, 2])("after %d files of the same step, the one being replaced stays", async (files) => {
    const directory = await temporaryDirectory();
    await directoryCheckpoints(directory).save(checkpoint(1));
    const saving = checkpointStore(directory, 2, fullAfter(files)).save(checkpoint(1));
    await expect(saving).rejects.toThrow("the disk is full");
    expect(await directoryCheckpoints(directory).latest()).toEqual(checkpoint(1));
  });

  it("the first time, the error says that no checkpoint is there", async () => {
    const saving = checkpointStore(await temporaryDirectory(), 2, fullAfter(0)).save(checkpoint(1));
    await expect(saving).rejects.toThrow("No checkpoint is there yet. Free some space");
  });

  it("the next save works once there is space", async () => {
    const directory = await temporaryDirectory();
    await expect(checkpointStore(directory, 2, fullAfter(1)).save(checkpoint(1))).rejects.toThrow();
    await directoryCheckpoints(directory).save(checkpoint(1));
    expect(await directoryCheckpoints(directory).latest()).toEqual(checkpoint(1));
  });

  it("of a real small file system, the previous checkpoint stays whole", async (context) => {
    const directory = join(await temporaryDirectory(), "small");
    await mkdir(directory);
    try {
      await promisify(execFile)("mount", ["-t", "tmpfs", "-o", "size=1m", "alexnet-test", directory]);
    } catch (error) {
      context.skip(`cannot mount a small file system here: ${(error as Error).message.trim()}`);
    }
    onTestFinished(async () => void (await promisify(execFile)("umount", [directory])));
    const store = directoryCheckpoints(directory);
    const folder = await store.save(large(1));
    const saving = store.save(large(2));
    await expect(saving).rejects.toThrow(`${join(directory, "step-00000002")}: the disk is full (ENOSPC)`);
    await expect(saving).rejects.toThrow(`The previous checkpoint is still there: ${folder}.`);
    expect(await store.latest()).toEqual(large(1));
    expect(await readdir(directory)).toEqual(["step-00000001"]);
  });
});

/** A disk with room for this many more files, and half of the next one. */
function fullAfter(files: number): WriteFile {
  let written = 0;
  return async (path, chunks) => {
    if (written++ < files) {
      return writeDurably(path, chunks);
    }
    const bytes = Buffer.concat([...chunks]);
    await writeFile(path, bytes.subarray(0, bytes.byteLength / 2));
    throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
  };
}

/** A checkpoint of which one fits into a megabyte, and two do not. */
function large(step: number): Checkpoint {
  const weight = tensor([300, 256], new Float32Array(300 * 256).fill(step));
  return { ...checkpoint(step), parameters: { weight }, optimizerState: { velocities: { weight } } };
}
