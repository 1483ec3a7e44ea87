import { InvalidArgumentError } from "../errors.js";
import { checkKind, describeValue, fieldsOf } from "../support/options.js";
import { defineModel } from "./define-model.js";
import { type Layer, layerKinds } from "./layer.js";
import {
  adaptiveAvgPool,
  avgPool,
  conv2d,
  dense,
  dropout,
  flatten,
  lrn,
  maxPool,
  relu,
  sigmoid,
  tanh,
} from "./layers.js";
import type { Model } from "./model.js";

/** What makes a layer of each kind. */
const makers = {
  adaptiveAvgPool,
  avgPool,
  conv2d,
  dense,
  dropout,
  flatten,
  lrn,
  maxPool,
  relu,
  sigmoid,
  tanh,
} as const;

/** A model as JSON, which `parseModel` reads: its name, the shape of its images and its layers. */
export function formatModel({ name, inputShape, layers }: Model): string {
  // JSON drops what is undefined, and a layer without bias would come back with one.
  const written = layers.map((layer) => ("bias" in layer ? { ...layer, bias: layer.bias ?? false } : layer));
  return JSON.stringify({ name, inputShape, layers: written });
}

/**
 * A model from JSON that `formatModel` wrote, or from its parsed value. Every layer is checked as `layers` and `defineModel`
 * check it. Throws their errors, and `InvalidArgumentError` for what is no JSON or no model.
 */
export function parseModel(json: unknown): Model {
  const { name, inputShape, layers } = fieldsOf(typeof json === "string" ? parsed(json) : json);
  if (!Array.isArray(layers)) throw new InvalidArgumentError("A model has a name, an inputShape [C, H, W] and layers.");
  // `defineModel` looks at both.
  return defineModel({
    name: name as string,
    inputShape: inputShape as Model["inputShape"],
    layers: layers.map(parseLayer),
  });
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (cause) {
    throw new InvalidArgumentError(`A model must be JSON; got ${describeValue(json)}.`, { cause });
  }
}

function parseLayer(value: unknown): Layer {
  const { kind, name, ...options } = fieldsOf(value);
  checkKind(`Layer ${describeValue(name)}: kind`, kind, layerKinds);
  // One of the kinds, as was looked at; each function checks its name and its options.
  const make = makers[kind as Layer["kind"]] as (name: unknown, options: object) => Layer;
  return make(name, options);
}
