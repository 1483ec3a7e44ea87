import { checkedLabels } from "../data/labels.js";
import { InvalidArgumentError, NonFiniteOutputError } from "../errors.js";
import { firstNonFinite, type Tensor } from "../tensor.js";

/** A class and how likely the model thinks it is. */
export interface RankedClass {
  readonly index: number;
  readonly probability: number;
}

/** Row `example` of a `[N, K]` tensor. */
export function row({ data, shape }: Tensor, example: number): Float32Array | Float64Array {
  const width = shape[1]!;
  return data.subarray(example * width, (example + 1) * width);
}

/** The mean of these rows, so many from `first` on, over all tensors `[N, K]`, in float64. */
export function meanRow(tensors: readonly Tensor[], first: number, count: number): Float64Array {
  const mean = new Float64Array(tensors[0]!.shape[1]!);
  for (const tensor of tensors) {
    for (let example = first; example < first + count; example++) {
      for (const [index, value] of row(tensor, example).entries()) mean[index]! += value;
    }
  }
  return mean.map((sum) => sum / (tensors.length * count));
}

/** Position of the first score of the first `examples` rows that is NaN or infinite, or −1. */
export function firstNonFiniteScore({ data, shape }: Tensor, examples: number): number {
  return firstNonFinite(data.subarray(0, examples * shape[1]!));
}

/**
 * Throws `NonFiniteOutputError` if a score of the first `examples` rows is NaN or infinite: comparisons with NaN are all
 * false, so it would pass for the best answer or for any other.
 */
export function checkFinite(scores: Tensor, examples: number, model: string): void {
  const { data, shape } = scores;
  const at = firstNonFiniteScore(scores, examples);
  if (at < 0) return;
  const width = shape[1]!;
  throw new NonFiniteOutputError(
    `The model "${model}" answers ${data[at]} for class ${at % width} of image ${Math.floor(at / width)} of a batch. ` +
      "Its weights have grown beyond what numbers hold, or the images are not finite.",
  );
}

/** How many classes score higher than this one; of equal scores the lower index ranks first. 0 is the best rank. */
export function rankOf(scores: ArrayLike<number>, label: number): number {
  const score = scores[label]!;
  let rank = 0;
  for (let index = 0; index < scores.length; index++) {
    const other = scores[index]!;
    if (other > score || (other === score && index < label)) rank++;
  }
  return rank;
}

/** Index of the highest score, the first of equals. */
export function bestClass(scores: ArrayLike<number>): number {
  let best = 0;
  for (let index = 1; index < scores.length; index++) {
    if (scores[index]! > scores[best]!) best = index;
  }
  return best;
}

/** The `count` most likely classes, best first. Throws `NonFiniteOutputError` when a probability is NaN or infinite. */
export function topClasses(probabilities: ArrayLike<number>, count: number): readonly RankedClass[] {
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new InvalidArgumentError(`The number of classes to list must be a whole number of at least 1; got ${count}.`);
  }
  const ranked = Array.from(probabilities, (probability, index) => ({ index, probability }));
  const unfit = ranked.find(({ probability }) => !Number.isFinite(probability));
  if (unfit) throw new NonFiniteOutputError(`The probability of class ${unfit.index} is ${unfit.probability}.`);
  return ranked.sort((a, b) => b.probability - a.probability || a.index - b.index).slice(0, count);
}

/** `−log softmax(logits)[label]` in float64, without overflow. */
export function crossEntropy(logits: ArrayLike<number>, label: number): number {
  let largest = Number.NEGATIVE_INFINITY;
  for (let index = 0; index < logits.length; index++) largest = Math.max(largest, logits[index]!);
  let sum = 0;
  for (let index = 0; index < logits.length; index++) sum += Math.exp(logits[index]! - largest);
  return Math.log(sum) + largest - logits[label]!;
}

/** `[N, classes]` with a 1, or another weight, at each label. Throws `DatasetError` for a label that is no class. */
export function oneHot(labels: ArrayLike<number>, classes: number, weight = 1): Tensor {
  const data = new Float32Array(labels.length * classes);
  for (const [example, label] of checkedLabels(labels, labels.length, classes, "The caller").entries()) {
    data[example * classes + label] = weight;
  }
  return { shape: [labels.length, classes], data };
}
