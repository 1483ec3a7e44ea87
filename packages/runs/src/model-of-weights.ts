import {
  type Model,
  parametersOf,
  type Shape,
  sameShape,
  type TensorMap,
  WeightsError,
  type ZooOptions,
} from "@alexnet/core";
import { modelNamed, modelNames } from "./model-named.js";
import type { LoadedWeights } from "./weights.js";

/** What is said of a model, for weights that do not say it or to say it otherwise. */
export interface ModelChoice extends ZooOptions {
  /** Its name in the zoo. */
  readonly model?: string;
}

/**
 * The model of the zoo that weights belong to: what their file says, and what is said instead. For a file that says nothing
 * the numbers of classes and channels are read off its tensors. Throws `WeightsError` when nobody names the model, or names
 * one that the zoo does not have, and when the file has a parameter in a type that is not read.
 */
export function modelOfWeights(weights: LoadedWeights, choice: ModelChoice = {}): Model {
  const { model: asked, ...options } = choice;
  const { model: known, definition } = weights.info;
  const name = asked ?? known?.name;
  if (asked === undefined && definition) return definition;
  if (name === undefined) {
    throw new WeightsError(`${weights.location} does not say which model its weights belong to.${advice(weights)}`);
  }
  if (asked === undefined && !modelNames.includes(name)) {
    throw new WeightsError(
      `${weights.location} says that its weights belong to the model ${JSON.stringify(name)}, which is none of ` +
        `${modelNames.join(", ")}. If they fit one of these, name the model.`,
    );
  }
  const inFile = known?.name === name ? known.options : sizesOf(modelNamed({ name, options: {} }), weights.parameters);
  const model = modelNamed({ name, options: { ...inFile, ...options } });
  const unreadable = parametersOf(model).find(({ name }) => weights.skipped?.[name] !== undefined);
  if (unreadable) {
    throw new WeightsError(
      `"${unreadable.name}" in ${weights.location} is of type ${weights.skipped?.[unreadable.name]}; weights are read from ` +
        "F32, F64, F16 and BF16.",
    );
  }
  return model;
}

/** Which models there are to choose from, or what is missing of the one that comes nearest. */
function advice({ guess }: LoadedWeights): string {
  if (guess?.nearest) {
    const { family, model, missing } = guess.nearest;
    const some = missing.slice(0, 3).map((name) => JSON.stringify(name));
    const more = missing.length > some.length ? ` and ${missing.length - some.length} more` : "";
    return (
      ` What comes nearest is ${family}'s ${model}, of which ${some.join(", ")}${more} is missing or has another shape. ` +
      `Name the model: ${modelNames.join(", ")}.`
    );
  }
  const fitting = guess && guess.models.length > 0 ? guess.models : modelNames;
  return ` Name the model: ${fitting.join(", ")}.`;
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
  return found?.length === shape.length && sameShape(found.with(axis, shape[axis]!), shape) ? found[axis] : undefined;
}
