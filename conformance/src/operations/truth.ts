import { referenceKernels } from "@alexnet/backend-reference";
import {
  type Operation,
  type OperationKind,
  type Program,
  type Shape,
  type TensorMap,
  valueShapes,
} from "@alexnet/core";

/** A value as float64 has it, and how large the numbers were that it was made of. */
export interface Truth {
  readonly value: Float64Array;
  /** For a sum, the sum of its terms' magnitudes: what the rounding errors of computing it are relative to. */
  readonly magnitude: Float64Array;
}

/** Runs a program without variables in float64 and returns the truth of each output. */
export function truthOf(program: Program, feed: TensorMap): ReadonlyMap<string, Truth> {
  const shapes = valueShapes(program);
  const values = new Map<string, Truth>();
  for (const [name, { data }] of Object.entries(feed)) {
    const value = Float64Array.from(data);
    values.set(name, { value, magnitude: value.map(Math.abs) });
  }
  for (const operation of program.operations) {
    const inputs = operation.inputs.map((name) => values.get(name) as Truth);
    const inputShapes = operation.inputs.map((name) => shapes.get(name) as Shape);
    const value = compute(
      operation,
      inputs.map((input) => input.value),
      inputShapes,
    );
    values.set(operation.output, { value, magnitude: magnitudeOf(operation, inputs, value, inputShapes) });
  }
  return new Map(Object.entries(program.outputs).map(([name, value]) => [name, values.get(value) as Truth]));
}

function compute<Kind extends OperationKind>(
  operation: Operation<Kind>,
  inputs: readonly Float64Array[],
  shapes: readonly Shape[],
): Float64Array {
  const kernel = referenceKernels[operation.kind as Kind];
  return kernel(inputs, operation, shapes);
}

/** As `Truth.magnitude`, from the magnitudes of the operation's inputs. */
function magnitudeOf(
  operation: Operation,
  inputs: readonly Truth[],
  result: Float64Array,
  shapes: readonly Shape[],
): Float64Array {
  const magnitudes = inputs.map(({ magnitude }) => magnitude);
  const [first, second, third] = inputs as [Truth, Truth, Truth];
  switch (operation.kind) {
    case "scale": {
      const attributes = { factor: Math.abs(operation.attributes.factor) };
      return compute({ ...operation, attributes }, magnitudes, shapes);
    }
    case "sgdUpdate": {
      const { momentum, weightDecay, rate } = operation.attributes;
      // A negative rate adds what is otherwise subtracted.
      const attributes = { momentum: Math.abs(momentum), weightDecay: Math.abs(weightDecay), rate: -Math.abs(rate) };
      return compute({ ...operation, attributes }, magnitudes, shapes);
    }
    // Which element is selected is decided by the values themselves.
    case "reluGrad":
      return compute(operation, [first.value, second.magnitude], shapes);
    case "maxPoolGrad":
      return compute(operation, [first.value, second.value, third.magnitude], shapes);
    // Bounded functions, accurate relative to their range.
    case "sigmoid":
    case "tanh":
      return result.map(() => 1);
    case "sigmoidGrad":
      return first.magnitude.map((y, index) => (second.magnitude[index] as number) * y * (1 + y));
    case "tanhGrad":
      return first.magnitude.map((y, index) => (second.magnitude[index] as number) * (1 + y * y));
    // An error in a logarithm is one of that times the exponent in the power.
    case "lrn":
      return scaled(compute(operation, magnitudes, shapes), 1 + exponents(first.value, result));
    case "lrnGrad": {
      // Its second term is subtracted; with the input negated, which only that term is odd in, it is added.
      const negated = first.magnitude.map((a) => -a);
      const sums = compute(operation, [negated, second.magnitude, third.magnitude], shapes);
      return scaled(sums, 1 + exponents(first.value, second.value));
    }
    // An error in an exponent, relative to the logits' spread, is one of that times the spread in the exponential.
    case "softmax":
      return scaled(result, 1 + spread(first.value));
    case "softmaxCrossEntropy": {
      const [examples] = shapes[0] as readonly [number, number];
      const mass = second.magnitude.reduce((sum, label) => sum + label, 0);
      return Float64Array.of((mass * (1 + 2 * spread(first.value))) / examples);
    }
    case "softmaxCrossEntropyGrad": {
      const negated = second.magnitude.map((label) => -label);
      const sums = compute(operation, [first.value, negated], shapes).map(Math.abs);
      const own = second.magnitude.map((label) => label / (shapes[0]?.[0] as number));
      return scaled(
        sums.map((sum, index) => sum + 2 * (own[index] as number)),
        1 + spread(first.value),
      );
    }
    default:
      return compute(operation, magnitudes, shapes);
  }
}

function scaled(values: Float64Array, factor: number): Float64Array {
  return values.map((value) => Math.abs(value) * factor);
}

/** The largest natural logarithm of what a normalization divides by: of inputs over outputs. */
function exponents(inputs: Float64Array, outputs: Float64Array): number {
  return inputs.reduce((most, input, index) => {
    const logarithm = Math.abs(Math.log(Math.abs(input / (outputs[index] as number))));
    return Number.isFinite(logarithm) ? Math.max(most, logarithm) : most;
  }, 0);
}

function spread(logits: Float64Array): number {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const logit of logits) {
    least = Math.min(least, logit);
    most = Math.max(most, logit);
  }
  return most - least;
}
