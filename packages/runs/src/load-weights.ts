import { stat } from "node:fs/promises";
import { WeightsError } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";
import { directoryCheckpoints, readSafetensors } from "@alexnet/formats/node";
import { type RunConfig, readConfig } from "./config.js";
import { runPaths } from "./paths.js";
import { type LoadedWeights, weightsInfo } from "./weights.js";

/**
 * Weights from a safetensors file, or the newest ones of a run folder: those it ended with, or those of its newest
 * checkpoint when it was interrupted. Throws `WeightsError`, `CheckpointError` or `RunFolderError`.
 *
 * @example
 * ```ts
 * const weights = await loadWeights("runs/first");
 * const { logits } = await predict({ model: modelOfWeights(weights), backend, parameters: weights.parameters, images });
 * ```
 */
export async function loadWeights(location: string): Promise<LoadedWeights> {
  if (!(await isFolder(location))) {
    const { tensors, skipped, metadata } = await readSafetensors(location);
    return { parameters: unwrapped(tensors), skipped: unwrapped(skipped), info: weightsInfo(metadata), location };
  }
  const paths = runPaths(location);
  const config = await readConfig(paths.config);
  const checkpoints = directoryCheckpoints(paths.checkpoints);
  const newest = (await checkpoints.list()).at(-1)?.step;
  if (await exists(paths.weights)) {
    const { tensors, metadata } = await readSafetensors(paths.weights);
    const info = weightsInfo(metadata);
    // A resumed training that was killed has checkpoints newer than the weights of its first end.
    if (newest === undefined || newest <= (info.step ?? 0)) {
      return { parameters: tensors, info, location: paths.weights, config };
    }
  }
  const checkpoint = await checkpoints.latest();
  if (!checkpoint) {
    throw new WeightsError(
      `The run folder ${location} holds no weights yet: the training was stopped before its first checkpoint.`,
    );
  }
  const { step, epoch } = checkpoint.state;
  return {
    parameters: checkpoint.parameters,
    info: { ...infoOf(config), step, epoch },
    location: `${paths.checkpoints} (step ${step})`,
    config,
  };
}

/** PyTorch's DataParallel puts `module.` before every name. */
function unwrapped<Value>(tensors: Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
  const wrapper = "module.";
  const entries = Object.entries(tensors);
  if (!entries.every(([name]) => name.startsWith(wrapper))) return tensors;
  return Object.fromEntries(entries.map(([name, tensor]) => [name.slice(wrapper.length), tensor]));
}

function infoOf({ model, dataset }: RunConfig): LoadedWeights["info"] {
  return { model, classNames: dataset.classNames, dataset: dataset.name };
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (cause) {
    throw new WeightsError(`Cannot read the weights in ${path}: ${describeFailure(cause)}.`, { cause });
  }
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
