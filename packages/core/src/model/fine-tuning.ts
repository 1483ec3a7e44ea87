import { InvalidArgumentError } from "../errors.js";
import { describeValue } from "../support/options.js";
import { sameShape, type Tensor, type TensorMap } from "../tensor.js";
import type { BiasMultipliers } from "../training/recipe.js";
import { defineModel } from "./define-model.js";
import type { Layer } from "./layer.js";
import type { Parameter } from "./layer-context.js";
import type { Model } from "./model.js";
import { initialValue, parametersOf } from "./parameters.js";

/**
 * The model with learning rates multiplied, in place of what its layers had: by layer, `{ fc8: 10, "conv*": 0.1 }`. A `*` stands
 * for any letters, and `features` for every layer before the first that flattens. Of several patterns that match a layer, the last
 * decides. At 0 a layer is frozen: its weights stay as they are, and no gradient of them is computed.
 *
 * Throws `InvalidArgumentError` for a pattern that matches no layer with weights, which names those that there are, and for a
 * multiplier that is negative or no number.
 */
export function withLearningRates(model: Model, multipliers: Readonly<Record<string, number>>): Model {
  const rates = new Map<string, number>();
  for (const [pattern, multiplier] of Object.entries(multipliers)) {
    if (!(Number.isFinite(multiplier) && multiplier >= 0)) {
      throw new InvalidArgumentError(
        `The learning rate of ${JSON.stringify(pattern)} must be multiplied by 0 or more; got ${describeValue(multiplier)}.`,
      );
    }
    for (const name of matching(model, pattern)) rates.set(name, multiplier);
  }
  const layers = model.layers.map((layer): Layer => {
    const learningRate = rates.get(layer.name);
    if (learningRate === undefined || !("weight" in layer)) return layer;
    const { weight, bias } = layer;
    return { ...layer, weight: { ...weight, learningRate }, bias: bias && { ...bias, learningRate } };
  });
  return defineModel({ name: model.name, inputShape: model.inputShape, layers });
}

/** The model with the learning rate and the weight decay of its biases multiplied by these, in place of what they were. */
export function withBiases(model: Model, multipliers: BiasMultipliers): Model {
  const { learningRate, weightDecay } = multipliers;
  const layers = model.layers.map(
    (layer): Layer =>
      "bias" in layer && layer.bias ? { ...layer, bias: { ...layer.bias, learningRate, weightDecay } } : layer,
  );
  return defineModel({ name: model.name, inputShape: model.inputShape, layers });
}

/** The model with these layers frozen: `withLearningRates` of 0. */
export function freeze(model: Model, ...patterns: readonly string[]): Model {
  return withLearningRates(model, Object.fromEntries(patterns.map((pattern) => [pattern, 0])));
}

/** The model with a last layer of so many classes. Throws `InvalidArgumentError` where that is no dense layer. */
export function withClasses(model: Model, classes: number): Model {
  const last = model.layers.findLastIndex((layer) => layer.kind === "dense");
  const layer = model.layers[last];
  if (layer?.kind !== "dense" || model.layers.slice(last + 1).some(({ kind }) => kind !== "dropout")) {
    throw new InvalidArgumentError(`"${model.name}" does not end with a dense layer whose classes could be others.`);
  }
  if (!Number.isSafeInteger(classes) || classes < 1) {
    throw new InvalidArgumentError(`classes must be a whole number of at least 1; got ${describeValue(classes)}.`);
  }
  const layers = model.layers.with(last, { ...layer, units: classes });
  return defineModel({ name: model.name, inputShape: model.inputShape, layers });
}

/**
 * What a training of this model starts from: the weights of another where name and shape are the same, and new ones where they are
 * not, as for the last layer of a model with other classes. Throws `InvalidArgumentError` when nothing is the same.
 */
export function transferred(model: Model, parameters: TensorMap, seed = 0): TensorMap {
  const kept = ({ name, shape }: Parameter): Tensor | undefined => {
    const found = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    return found && sameShape(found.shape, shape) ? found : undefined;
  };
  const all = parametersOf(model);
  if (!all.some(kept)) {
    throw new InvalidArgumentError(`None of the weights fits "${model.name}": they are of another model.`);
  }
  return Object.fromEntries(all.map((parameter) => [parameter.name, kept(parameter) ?? initialValue(parameter, seed)]));
}

/** The parameters that a training changes: those whose learning rate is not multiplied by 0. */
export function trainedParameters<Some extends Pick<Parameter, "settings">>(
  parameters: readonly Some[],
): readonly Some[] {
  return parameters.filter(({ settings }) => settings.learningRate !== 0);
}

/** Names of the layers with weights that a pattern matches. */
function matching(model: Model, pattern: string): readonly string[] {
  const weighted = model.layers.filter((layer) => "weight" in layer).map(({ name }) => name);
  const end = model.layers.findIndex(({ kind }) => kind === "flatten");
  const features = new Set(model.layers.slice(0, Math.max(end, 0)).map(({ name }) => name));
  const expression = new RegExp(`^${pattern.split("*").map(escaped).join(".*")}$`, "s");
  const found = weighted.filter((name) => expression.test(name) || (pattern === "features" && features.has(name)));
  if (found.length === 0) {
    throw new InvalidArgumentError(
      `No layer of "${model.name}" with weights matches ${JSON.stringify(pattern)}. There are features (what is before the ` +
        `first flatten), ${weighted.join(", ")}.`,
    );
  }
  return found;
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
