import { type Model, type TensorMap, WeightsError } from "@alexnet/core";
import { createModel, modelNames, type ZooOptions, zooEntry } from "../registry/zoo.js";
import type { LoadedWeights } from "../run-folder/weights.js";
import { type ModelFlags, modelOptions } from "./options.js";

/**
 * The model that weights belong to: what the file says, and what the flags say instead. For a file that says nothing,
 * the numbers of classes and channels are read off its tensors. Throws `WeightsError` when nobody names the model.
 */
export function modelOfWeights(weights: LoadedWeights, flags: ModelFlags & { readonly model?: string }): Model {
  const { model: known } = weights.info;
  const name = flags.model ?? known?.name;
  if (name === undefined) {
    throw new WeightsError(
      `${weights.location} does not say which model its weights belong to. Name it: --model ${modelNames.join("|")}`,
    );
  }
  const entry = zooEntry(name);
  const options: ZooOptions =
    known?.name === name ? known.options : sizesOf(createModel(entry, {}), weights.parameters);
  return createModel(entry, { ...options, ...modelOptions(flags) });
}

/** Classes and channels as the tensors have them, where they have the names of the model's layers. */
function sizesOf(model: Model, parameters: TensorMap): ZooOptions {
  const first = model.layers.find(({ kind }) => kind === "conv2d");
  const last = model.layers.findLast(({ kind }) => kind === "dense");
  const channels = first && parameters[`${first.name}.weight`]?.shape[1];
  const classes = last && parameters[`${last.name}.weight`]?.shape[0];
  return { ...(channels !== undefined && { channels }), ...(classes !== undefined && { classes }) };
}
