import {
  type Model,
  parametersOf,
  type Shape,
  sameShape,
  type TensorMap,
  WeightsError,
  type ZooOptions,
} from "@alexnet/core";
import { createModel, modelNames, zooEntry } from "../registry/zoo.js";
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
  if (flags.model === undefined && !modelNames.includes(name)) {
    throw new WeightsError(
      `${weights.location} says that its weights belong to the model ${JSON.stringify(name)}, which is none of ` +
        `${modelNames.join(", ")}. If they fit one of these, name it with --model.`,
    );
  }
  const entry = zooEntry(name);
  const options: ZooOptions =
    known?.name === name ? known.options : sizesOf(createModel(entry, {}), weights.parameters);
  const model = createModel(entry, { ...options, ...modelOptions(flags) });
  const unreadable = parametersOf(model).find(({ name }) => weights.skipped?.[name] !== undefined);
  if (unreadable) {
    throw new WeightsError(
      `"${unreadable.name}" in ${weights.location} is of type ${weights.skipped?.[unreadable.name]}; weights are read from ` +
        "F32, F64, F16 and BF16.",
    );
  }
  return model;
}

/**
 * Classes and channels as the tensors have them, where they have the names of the model's layers and, but for these
 * numbers, their shapes.
 */
function sizesOf(model: Model, parameters: TensorMap): ZooOptions {
  const shapes = parametersOf(model).map(({ name, shape }) => ({ shape, found: parameters[name]?.shape }));
  const first = shapes.find(({ shape }) => shape.length === 4);
  const last = shapes.findLast(({ shape }) => shape.length === 2);
  const channels = otherwise(first, 1);
  const classes = otherwise(last, 0);
  return { ...(channels !== undefined && { channels }), ...(classes !== undefined && { classes }) };
}

/** The extent of this axis, if all others are the model's. */
function otherwise(
  { shape, found }: { readonly shape: Shape; readonly found?: Shape | undefined } = { shape: [] },
  axis: number,
): number | undefined {
  return found?.length === shape.length && sameShape(found.with(axis, shape[axis] as number), shape)
    ? found[axis]
    : undefined;
}
