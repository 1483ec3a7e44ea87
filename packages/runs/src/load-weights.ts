import { stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Checkpoint, WeightsError } from "@alexnet/core";
import { describeFailure } from "@alexnet/files";
import { type DecodedWeights, identifyWeights } from "@alexnet/formats";
import { directoryCheckpoints, readSafetensors, readWeights } from "@alexnet/formats/node";
import { type RunConfig, readConfig } from "./config.js";
import { runPaths } from "./paths.js";
import { infoOf, type LoadedWeights, weightsInfo } from "./weights.js";

/**
 * Weights from a file in any format that `@alexnet/formats` reads (safetensors, PyTorch, ONNX, Caffe, TensorFlow.js, NumPy), or
 * the newest ones of a run folder: those it ended with, or those of its newest checkpoint when it was interrupted. The folder of a
 * checkpoint in a run is as good. Other
 * programs' names and orders become ours where they are known. `prototxt` is the text of a `deploy.prototxt`, for Caffe. Throws `WeightsError`, `CheckpointError` or `RunFolderError`.
 *
 * @example
 * ```ts
 * const weights = await loadWeights("runs/first");
 * const { logits } = await predict({ model: modelOfWeights(weights), backend, parameters: weights.parameters, images });
 * ```
 */
export async function loadWeights(
  location: string,
  options: { readonly prototxt?: string } = {},
): Promise<LoadedWeights> {
  const isOfFolder = await isFolder(location);
  if (!isOfFolder) return loadedWeights(await readWeights(location, options), location);
  if (await exists(join(location, "state.json"))) return checkpointWeights(location);
  const paths = runPaths(location);
  const tfjs = join(location, "model.json");
  if (!(await exists(paths.config)) && (await exists(tfjs))) return loadedWeights(await readWeights(tfjs), tfjs);
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
  return ofCheckpoint(checkpoint, config, `${paths.checkpoints} (step ${checkpoint.state.step})`);
}

/** Those of a checkpoint in a run, by its own folder. */
async function checkpointWeights(folder: string): Promise<LoadedWeights> {
  const checkpoints = dirname(resolve(folder));
  const config = await readConfig(runPaths(dirname(checkpoints)).config);
  return ofCheckpoint(await directoryCheckpoints(checkpoints).load(folder), config, folder);
}

function ofCheckpoint({ parameters, state }: Checkpoint, config: RunConfig, location: string): LoadedWeights {
  const { step, epoch } = state;
  return { parameters, info: { ...infoOf(config), step, epoch }, location, config };
}

/**
 * Weights that `decodeWeights` or `readWeights` read, under our names: whose they are is told by theirs, and the model too where
 * the file does not say it. `location` is what errors call them. Throws `WeightsError`.
 */
export function loadedWeights(decoded: DecodedWeights, location: string): LoadedWeights {
  const { parameters, skipped, layout, models, model: definition, preprocessing, nearest } = identifyWeights(decoded);
  const { definition: described, ...said } = weightsInfo(decoded.metadata);
  // A file that describes its network was compared with the zoo.
  const own = decoded.network ? definition : described;
  const [model, ...others] = models;
  return {
    parameters,
    skipped,
    info: {
      ...(model && others.length === 0 && { model }),
      ...(own && { definition: own }),
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
