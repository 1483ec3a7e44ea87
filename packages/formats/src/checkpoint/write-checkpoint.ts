import { mkdir, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { type Checkpoint, CheckpointError, optimizerSlots } from "@alexnet/core";
import { codeOf } from "@alexnet/core/support";
import { syncDirectory, type WriteFile } from "@alexnet/files";
import { encodeSafetensors } from "../safetensors/encode.js";
import { partialPath, replacedPath } from "./folders.js";
import { parametersFile, slotFile, stateFile } from "./layout.js";
import { encodeState } from "./state.js";

/**
 * Writes a checkpoint's folder under another name, and gives it its own once all of it is on the disk. A checkpoint of
 * the same step is moved aside first and removed last. Removes what it wrote when it fails.
 */
export async function writeCheckpoint(folder: string, checkpoint: Checkpoint, writeFile: WriteFile): Promise<void> {
  const partial = partialPath(folder);
  const { parameters, optimizerState, state } = checkpoint;
  try {
    const encodedState = encodeState(state);
    await mkdir(partial);
    await writeFile(join(partial, parametersFile), encodeSafetensors(parameters));
    for (const slot of optimizerSlots(state.identity.optimizer)) {
      const kept = optimizerState[slot];
      if (!kept) throw new CheckpointError(`The checkpoint of step ${state.step} lacks the optimizer's ${slot}.`);
      await writeFile(join(partial, slotFile(slot)), encodeSafetensors(kept));
    }
    await writeFile(join(partial, stateFile), [encodedState]);
    await syncDirectory(partial);
    await publish(partial, folder);
  } catch (error) {
    await rm(partial, { recursive: true, force: true });
    throw error;
  }
}

async function publish(partial: string, folder: string): Promise<void> {
  const replaced = replacedPath(folder);
  try {
    await rename(folder, replaced);
  } catch (error) {
    if (codeOf(error) !== "ENOENT") {
      throw error;
    }
  }
  await rename(partial, folder);
  await syncDirectory(dirname(folder));
  await rm(replaced, { recursive: true, force: true });
}
