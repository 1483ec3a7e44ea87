import { referenceKernels } from "@alexnet/backend-reference";
import type { Shape, TensorMap } from "@alexnet/core";
import {
  type InputsOf,
  inputShapesOf,
  mapInputs,
  type Operation,
  type OperationInputs,
  type OperationKind,
  type OperationOf,
  type Program,
  valueShapes,
} from "@alexnet/core/program";

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
    const value = compute(operation, partsOf(operation, values, "value"), inputShapesOf(operation, shapes));
    values.set(operation.output, { value, magnitude: magnitudeOf(operation, value, { values, shapes }) });
  }
  return new Map(Object.entries(program.outputs).map(([name, value]) => [name, values.get(value)!]));
}

function compute<Kind extends OperationKind>(
  operation: OperationOf<Kind>,
  inputs: InputsOf<Kind, Float64Array>,
  shapes: OperationInputs[Kind],
): Float64Array {
  return referenceKernels[operation.kind](inputs, operation, shapes);
}

/** The values, or the magnitudes, of an operation's inputs. */
function partsOf<Kind extends OperationKind>(
  { inputs }: OperationOf<Kind>,
  values: ReadonlyMap<string, Truth>,
  part: keyof Truth,
): InputsOf<Kind, Float64Array> {
  return mapInputs<Kind, string, Float64Array>(inputs, (name) => values.get(name)![part]);
}

/** As `Truth.magnitude`, from the values and magnitudes of the operation's inputs. */
function magnitudeOf(
  operation: Operation,
  result: Float64Array,
  known: { readonly values: ReadonlyMap<string, Truth>; readonly shapes: ReadonlyMap<string, Shape> },
): Float64Array {
  const values = <Kind extends OperationKind>(of: OperationOf<Kind>) => partsOf(of, known.values, "value");
  const magnitudes = <Kind extends OperationKind>(of: OperationOf<Kind>) => partsOf(of, known.values, "magnitude");
  const again = <Kind extends OperationKind>(of: OperationOf<Kind>, inputs: InputsOf<Kind, Float64Array>) =>
    compute(of, inputs, inputShapesOf(of, known.shapes));
  switch (operation.kind) {
    case "scale": {
      const attributes = { factor: Math.abs(operation.attributes.factor) };
      return again({ ...operation, attributes }, magnitudes(operation));
    }
    case "sgdUpdate": {
      const { momentum, weightDecay, rate } = operation.attributes;
      // A negative rate adds what is otherwise subtracted.
      const attributes = { momentum: Math.abs(momentum), weightDecay: Math.abs(weightDecay), rate: -Math.abs(rate) };
      return again({ ...operation, attributes }, magnitudes(operation));
    }
    // The divisor is no sum that could cancel: its roots and corrections are at least 0.
    case "adamUpdate": {
      const attributes = { ...operation.attributes, rate: -Math.abs(operation.attributes.rate) };
      return again({ ...operation, attributes }, magnitudes(operation));
    }
    // Which element is selected is decided by the values themselves.
    case "reluGrad":
      return again(operation, [values(operation)[0], magnitudes(operation)[1]]);
    case "maxPoolGrad": {
      const [input, output] = values(operation);
      return again(operation, [input, output, magnitudes(operation)[2]]);
    }
    // Bounded functions, accurate relative to their range.
    case "sigmoid":
    case "tanh":
      return result.map(() => 1);
    case "sigmoidGrad": {
      const [output, gradient] = magnitudes(operation);
      return output.map((y, index) => gradient[index]! * y * (1 + y));
    }
    case "tanhGrad": {
      const [output, gradient] = magnitudes(operation);
      return output.map((y, index) => gradient[index]! * (1 + y * y));
    }
    // An error in a logarithm is one of that times the exponent in the power.
    case "lrn":
      return scaled(again(operation, magnitudes(operation)), 1 + exponents(values(operation)[0], result));
    case "lrnGrad": {
      // Its second term is subtracted; with the input negated, which only that term is odd in, it is added.
      const [input, output, gradient] = magnitudes(operation);
      const sums = again(operation, [input.map((a) => -a), output, gradient]);
      const [inputs, outputs] = values(operation);
      return scaled(sums, 1 + exponents(inputs, outputs));
    }
    // An error in an exponent, relative to the logits' spread, is one of that times the spread in the exponential.
    case "softmax":
      return scaled(result, 1 + spread(values(operation)[0]));
    case "softmaxCrossEntropy": {
      const [[examples]] = inputShapesOf(operation, known.shapes);
      const mass = magnitudes(operation)[1].reduce((sum, label) => sum + label, 0);
      return Float64Array.of((mass * (1 + 2 * spread(values(operation)[0]))) / examples);
    }
    case "softmaxCrossEntropyGrad": {
      const [logits] = values(operation);
      const [, labels] = magnitudes(operation);
      const sums = again(operation, [logits, labels.map((label) => -label)]).map(Math.abs);
      const [examples] = operation.shape;
      return scaled(
        sums.map((sum, index) => sum + (2 * labels[index]!) / examples),
        1 + spread(logits),
      );
    }
    default:
      return again(operation, magnitudes(operation));
  }
}

function scaled(values: Float64Array, factor: number): Float64Array {
  return values.map((value) => Math.abs(value) * factor);
}

/** The largest natural logarithm of what a normalization divides by: of inputs over outputs. */
function exponents(inputs: Float64Array, outputs: Float64Array): number {
  return inputs.reduce((most, input, index) => {
    const logarithm = Math.abs(Math.log(Math.abs(input / outputs[index]!)));
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
