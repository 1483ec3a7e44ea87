import { type Backend, gradientProgram, inferenceProgram, type Tensor, type TensorMap } from "@alexnet/core";
import { goldenFeed, goldenParameters } from "./inputs.js";
import { goldenModels } from "./models.js";
import { readGolden } from "./read.js";

/** Knuth's multiplier; `golden/generate.py` spreads its samples with the same. */
const SPREAD_FACTOR = 2654435761;

/** How far one tensor is from what PyTorch computed in float64. */
export interface Deviation {
  readonly tensor: string;
  /** Largest absolute difference over the elements compared, relative to the largest magnitude in the tensor. */
  readonly error: number;
}

/**
 * Computes logits, loss and every parameter's gradient of a golden model and compares them with PyTorch's float64.
 * Of a gradient, up to 768 elements, the norm and the largest magnitude are compared; the largest deviation counts.
 */
export async function compareWithGolden(name: string, backend: Backend): Promise<readonly Deviation[]> {
  const model = (goldenModels[name]!)();
  const { tensors, metadata } = await readGolden(name);
  const [seed, batch] = [Number(metadata["seed"]), Number(metadata["batch"])];
  const training = gradientProgram(model, batch);
  const inference = inferenceProgram(model, batch);
  const variables = await backend.createVariables(goldenParameters(model, training.parameters, seed));
  const run = async (program: typeof training): Promise<TensorMap> => {
    const executable = await backend.compile(program.program);
    const [outputs] = await executable.run(variables, [goldenFeed(model, program, seed)]);
    await executable.dispose();
    return outputs!;
  };
  try {
    const evaluated = await run(inference);
    const trained = await run(training);
    return [
      { tensor: "eval.logits", error: relativeError(evaluated["logits"], tensors["eval.logits"]) },
      { tensor: "train.logits", error: relativeError(trained["logits"], tensors["train.logits"]) },
      { tensor: "loss", error: relativeError(trained["loss"], tensors["train.loss"]) },
      ...training.parameters.map(({ name: parameter }) => ({
        tensor: parameter,
        error: gradientError(trained[`gradient:${parameter}`]!, parameter, tensors),
      })),
    ];
  } finally {
    await variables.dispose();
  }
}

function relativeError(actual: Tensor | undefined, expected: Tensor | undefined): number {
  const [found, wanted] = [actual!.data, expected!.data];
  if (found.length !== wanted.length) return Number.POSITIVE_INFINITY;
  return largestDifference(found, wanted) / largestMagnitude(wanted);
}

function gradientError({ data }: Tensor, parameter: string, golden: TensorMap): number {
  const of = (what: string): Tensor["data"] | undefined => golden[`grad.${parameter}.${what}`]?.data;
  const sample = Float64Array.from(of("sample") ?? []);
  const spread = Float64Array.from(of("spread") ?? []);
  const [norm, largest] = [of("norm")![0]!, of("max")![0]!];
  // The sample goes through a tensor in even steps, which may all fall on one column; the spread jumps about.
  const sampled = sample.map((_, index) => data[Math.floor((index * data.length) / sample.length)]!);
  const jumped = spread.map((_, index) => data[(index * SPREAD_FACTOR) % data.length]!);
  return Math.max(
    largestDifference(sampled, sample) / largest,
    largestDifference(jumped, spread) / largest,
    Math.abs(euclideanNorm(data) - norm) / norm,
    Math.abs(largestMagnitude(data) - largest) / largest,
  );
}

function largestDifference(a: Tensor["data"], b: Tensor["data"]): number {
  let largest = 0;
  for (let index = 0; index < b.length; index++) {
    const difference = Math.abs(a[index]! - b[index]!);
    // Written so that NaN counts as the worst there is.
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}

function largestMagnitude(data: Tensor["data"]): number {
  let largest = 0;
  for (let index = 0; index < data.length; index++) largest = Math.max(largest, Math.abs(data[index]!));
  return largest;
}

/** Summed in blocks: a running sum of millions of squares would itself round more than what it is to measure. */
function euclideanNorm(data: Tensor["data"]): number {
  const block = Math.max(1, Math.ceil(Math.sqrt(data.length)));
  let squares = 0;
  for (let start = 0; start < data.length; start += block) {
    let inBlock = 0;
    for (let index = start; index < Math.min(start + block, data.length); index++) inBlock += data[index]! ** 2;
    squares += inBlock;
  }
  return Math.sqrt(squares);
}
