import { join } from "node:path";
import {
  type Checkpoint,
  CheckpointError,
  optimizerSlots,
  type Slot,
  type TensorMap,
  type TrainingState,
} from "@alexnet/core";
import { messageOf } from "@alexnet/core/support";
import { describeFailure, readWhole } from "@alexnet/files";
import { readSafetensors } from "../safetensors/file.js";
import { nonFiniteValue } from "./finite.js";
import { parametersFile, slotFile, stateFile } from "./layout.js";
import { decodeState } from "./state.js";

/**
 * Reads one checkpoint's folder. Throws `CheckpointError`, which names the file, when one is missing, damaged, of
 * another format version, or holds a NaN or an infinity. Whether it fits a model is for the caller to check.
 */
export async function readCheckpoint(folder: string): Promise<Checkpoint> {
  const state = await readState(join(folder, stateFile));
  const parameters = await readTensors(join(folder, parametersFile));
  const optimizerState: Partial<Record<Slot, TensorMap>> = {};
  for (const slot of optimizerSlots(state.identity.optimizer)) {
    optimizerState[slot] = await readTensors(join(folder, slotFile(slot)));
  }
  return { parameters, optimizerState, state };
}

async function readState(path: string): Promise<TrainingState> {
  try {
    return decodeState(await readWhole(path));
  } catch (cause) {
    throw new CheckpointError(`Cannot read the checkpoint's ${path}: ${describeFailure(cause)}.`, { cause });
  }
}

async function readTensors(path: string): Promise<TensorMap> {
  let tensors: TensorMap;
  try {
    ({ tensors } = await readSafetensors(path));
  } catch (cause) {
    throw new CheckpointError(`The checkpoint is damaged. ${messageOf(cause)}`, { cause });
  }
  const fault = nonFiniteValue(tensors);
  if (fault !== undefined) {
    throw new CheckpointError(`The checkpoint is damaged: ${path} holds ${fault}.`);
  }
  return tensors;
}
