import { InvalidArgumentError, WeightsError } from "../errors.js";
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
import type { Parameter } from "./layer-context.js";
import { lower } from "./lower.js";
import type { Model } from "./model.js";

/** The weights and biases of a model, in the order of its layers. */
export function parametersOf(model: Model): readonly Parameter[] {
  return lower(model, { batch: 1, training: false }).parameters;
}

/** The values a model starts from: each parameter by its own initializer, all from one seed. */
export function initialParameters(model: Model, seed: number): TensorMap {
  const values: Record<string, Tensor> = {};
  for (const parameter of parametersOf(model)) values[parameter.name] = initialValue(parameter, seed);
  return values;
}

/** Values of a tensor, at most: 8 GiB. No engine here computes with larger ones. */
const MOST_VALUES = 2 ** 31;

/** What one parameter starts from: the same whatever others there are. Throws `InvalidArgumentError` for one that fits into no memory. */
export function initialValue(parameter: Parameter, seed: number): Tensor {
  const { name, shape, settings } = parameter;
  if (sizeOf(shape) > MOST_VALUES) {
    throw new InvalidArgumentError(
      `"${name}" would have ${sizeOf(shape).toLocaleString("en")} values, ${formatShape(shape)}: too many. Make the images ` +
        "smaller, or the classes fewer.",
    );
  }
  const key = { seed, purpose: `init:${name}` };
  return { shape, data: initialValues(settings.initializer, parameter, key, sizeOf(shape)) };
}

/**
 * Throws `WeightsError` unless the tensors are exactly the parameters of the model, in shape and name, with finite
 * values; the message names the model, the first parameter at fault and both shapes.
 */
export function checkParameters(model: Model, tensors: TensorMap): void {
  const expected = new Map<string, Shape>(parametersOf(model).map(({ name, shape }) => [name, shape]));
  for (const [name, shape] of expected) {
    const found = Object.hasOwn(tensors, name) ? tensors[name] : undefined;
    if (!found) {
      const wrapped = Object.hasOwn(tensors, `module.${name}`);
      throw new WeightsError(
        `The weights lack "${name}" ${formatShape(shape)}` +
          (wrapped
            ? `, but hold "module.${name}", as PyTorch's DataParallel calls it. Take "module." off their names.`
            : `, so they are not of the model "${model.name}".`),
      );
    }
    if (!sameShape(found.shape, shape)) {
      throw new WeightsError(
        `"${name}" has shape ${formatShape(found.shape)}, but ${formatShape(shape)} in the model "${model.name}". ` +
          (layoutAdvice(found.shape, shape) ??
            "Use the model, class count, channels and input size the weights were trained with."),
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

/** What to do about a shape that is right but for the order of its axes, as in TensorFlow and Keras. */
function layoutAdvice(found: Shape, expected: Shape): string | undefined {
  const [filters, channels, ...extents] = expected;
  if (filters === undefined || channels === undefined) return undefined;
  if (!sameShape(found, [...extents, channels, filters])) return undefined;
  return expected.length === 4
    ? "That is TensorFlow's and Keras' order, height, width, channels, filters. Filters come first here, then channels: " +
        "transpose by (3, 2, 0, 1)."
    : "That is TensorFlow's and Keras' order, inputs, units. Units come first here: transpose by (1, 0).";
}
