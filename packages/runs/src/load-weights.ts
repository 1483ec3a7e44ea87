import { stat } from "node:fs/promises";
import { WeightsError } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";
import { type DecodedWeights, identifyWeights } from "@alexnet/formats";
import { directoryCheckpoints, readSafetensors, readWeights } from "@alexnet/formats/node";
import { readConfig } from "./config.js";
import { runPaths } from "./paths.js";
import { infoOf, type LoadedWeights, weightsInfo } from "./weights.js";

/**
 * Weights from a file in any format that `@alexnet/formats` reads (safetensors, PyTorch, NumPy), or the newest ones of a run
 * folder: those it ended with, or those of its newest checkpoint when it was interrupted. Other programs' names and orders
 * become ours where they are known. Throws `WeightsError`, `CheckpointError` or `RunFolderError`.
 *
 * @example
 * ```ts
 * const weights = await loadWeights("runs/first");
 * const { logits } = await predict({ model: modelOfWeights(weights), backend, parameters: weights.parameters, images });
 * ```
 */
export async function loadWeights(location: string): Promise<LoadedWeights> {
  if (!(await isFolder(location))) {
    return identified(await readWeights(location), location);
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

/** Weights under our names: whose they are is told by theirs, and the model too where the file does not say it. */
function identified(decoded: DecodedWeights, location: string): LoadedWeights {
  const { parameters, skipped, layout, models, model: definition, preprocessing, nearest } = identifyWeights(decoded);
  const said = weightsInfo(decoded.metadata);
  const [model, ...others] = models;
  return {
    parameters,
    skipped,
    info: {
      ...(model && others.length === 0 && { model }),
      ...(definition && { definition }),
      ...(preprocessing && { preprocessing }),
      ...said,
    },
    guess: {
      models: models.map(({ name }) => name),
      ...(layout && { family: layout.family }),
      ...(nearest && {
        nearest: { family: nearest.layout.family, model: nearest.model.name, missing: nearest.missing },
      }),
    },
    location,
  };
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
