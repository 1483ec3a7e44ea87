import { WeightsError } from "../errors.js";
import { initialValues } from "../random/initializers.js";
import {
  checkTensor,
  firstNonFinite,
  formatShape,
  type Shape,
  sameShape,
  sizeOf,
  type Tensor,
  type TensorMap,
} from "../tensor.js";
import { lower, type Parameter } from "./lower.js";
import type { Model } from "./model.js";

/** The weights and biases of a model, in the order of its layers. */
export function parametersOf(model: Model): readonly Parameter[] {
  return lower(model, { batch: 1, training: false }).parameters;
}

/** The values a model starts from: each parameter by its own initialiser, all from one seed. */
export function initialParameters(model: Model, seed: number): TensorMap {
  const values: Record<string, Tensor> = {};
  for (const parameter of parametersOf(model)) {
    const { name, shape, settings } = parameter;
    const key = { seed, purpose: `init:${name}` };
    values[name] = { shape, data: initialValues(settings.initializer, parameter, key, sizeOf(shape)) };
  }
  return values;
}

/**
 * Throws `WeightsError` unless the tensors are exactly the parameters of the model, in shape and name, with finite
 * values; the message names the model, the first parameter at fault and both shapes.
 */
export function checkParameters(model: Model, tensors: TensorMap): void {
  const expected = new Map<string, Shape>(parametersOf(model).map(({ name, shape }) => [name, shape]));
  for (const [name, shape] of expected) {
    const found = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (!found)
      throw new WeightsError(
        `The weights lack "${name}" ${formatShape(shape)}, so they are not of the model "${model.name}".`,
      );
    if (!sameShape(found.shape, shape)) {
      throw new WeightsError(
        `"${name}" has shape ${formatShape(found.shape)}, but ${formatShape(shape)} in the model "${model.name}". ` +
          "Use the model, class count, channels and input size the weights were trained with.",
      );
    }
    checkTensor(found, `The parameter "${name}"`);
    const bad = firstNonFinite(found.data);
    if (bad >= 0)
      throw new WeightsError(`"${name}" holds ${found.data[bad]} at position ${bad}. The weights are damaged.`);
  }
  for (const name of Object.keys(tensors)) {
    if (!expected.has(name))
      throw new WeightsError(`The weights hold "${name}", which the model "${model.name}" does not have.`);
  }
}
