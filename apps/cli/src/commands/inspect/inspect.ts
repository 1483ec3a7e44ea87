import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import type { Preprocessing, Shape } from "@alexnet/core";
import { recognize, type TensorStatistics, tensorStatistics } from "@alexnet/formats";
import { readWeights } from "@alexnet/formats/node";
import { loadedWeights, modelOfWeights, runPaths } from "@alexnet/runs";
import { readPrototxt } from "../../choices/prototxt.js";

/** A tensor of a file, under the name that it has there. */
export interface InspectedTensor extends TensorStatistics {
  readonly name: string;
  readonly shape: Shape;
  readonly type: string;
}

/** What is in a file of weights. */
export interface Inspection {
  readonly file: string;
  readonly format: string;
  readonly bytes: number;
  readonly values: number;
  /** Whose names and order they are, and the models that they fit, as far as that can be told. */
  readonly family?: string;
  readonly models: readonly string[];
  /** What comes nearest, where nothing fits, with what is not there of it. */
  readonly nearest?: { readonly family: string; readonly model: string };
  readonly missing: readonly string[];
  readonly surplus: readonly string[];
  readonly preprocessing?: Preprocessing;
  readonly classes?: number;
  readonly classNames?: readonly string[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: readonly InspectedTensor[];
  /** Tensors that no parameter can be, and their types. */
  readonly skipped: Readonly<Record<string, string>>;
}

/** Reads a file, or the weights in a folder, and looks at everything in it. Throws `WeightsError`. */
export async function inspectFile(given: string, flags: { readonly prototxt?: string }): Promise<Inspection> {
  const file = fileOf(given);
  const decoded = await readWeights(file, await readPrototxt(flags.prototxt));
  const weights = loadedWeights(decoded, file);
  const { info, guess } = weights;
  const isKnown = info.model !== undefined || info.definition !== undefined;
  const model = isKnown ? modelOfWeights(weights) : undefined;
  const [nearest] = decoded.network ? [] : recognize(decoded.tensors);
  const isFitting = (guess?.models.length ?? 0) > 0;
  return {
    file,
    format: decoded.format,
    bytes: (await stat(file)).size,
    values: Object.values(decoded.tensors).reduce((sum, { data }) => sum + data.length, 0),
    ...(guess?.family !== undefined && { family: guess.family }),
    models: model ? [model.name] : (guess?.models ?? []),
    ...(guess?.nearest && { nearest: { family: guess.nearest.family, model: guess.nearest.model } }),
    missing: guess?.nearest?.missing ?? [],
    surplus: (isFitting || guess?.nearest) && nearest ? nearest.surplus : [],
    ...(info.preprocessing && { preprocessing: info.preprocessing }),
    ...(info.classNames && { classNames: info.classNames }),
    ...(model && { classes: model.classes }),
    metadata: decoded.metadata,
    tensors: Object.entries(decoded.tensors).map(([name, tensor]) => ({
      name,
      shape: tensor.shape,
      type: decoded.types[name] ?? "",
      ...tensorStatistics(tensor),
    })),
    skipped: decoded.skipped,
  };
}

/** The file of weights in a run folder, or in that of a model of TensorFlow.js. */
function fileOf(given: string): string {
  const inside = [runPaths(given).weights, join(given, "model.json")];
  return inside.find((path) => existsSync(path)) ?? given;
}
