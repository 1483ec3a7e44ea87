import type { Matrix, OperationKernel, Thread } from "./kernel.js";

interface Constants {
  readonly examples: number;
  readonly classes: number;
}

function probability(this: Thread<Constants>, logits: Matrix): number {
  let largest = logits[this.thread.y]![0]!;
  for (let k = 1; k < this.constants.classes; k++) {
    largest = Math.max(largest, logits[this.thread.y]![k]!);
  }
  let sum = 0;
  for (let k = 0; k < this.constants.classes; k++) {
    sum += Math.exp(logits[this.thread.y]![k]! - largest);
  }
  return Math.exp(logits[this.thread.y]![this.thread.x]! - largest) / sum;
}

export const softmax: OperationKernel<"softmax"> = (run, [logits], { shape }) => {
  const [examples, classes] = shape;
  return run(probability, { output: [classes, examples], integers: { examples, classes } }, [
    [logits, [classes, examples]],
  ]);
};

/** The loss of one example. */
function crossEntropy(this: Thread<Constants>, logits: Matrix, labels: Matrix): number {
  let largest = logits[this.thread.x]![0]!;
  for (let k = 1; k < this.constants.classes; k++) {
    largest = Math.max(largest, logits[this.thread.x]![k]!);
  }
  let sum = 0;
  for (let k = 0; k < this.constants.classes; k++) {
    sum += Math.exp(logits[this.thread.x]![k]! - largest);
  }
  const normalizer = Math.log(sum);
  let loss = 0;
  for (let k = 0; k < this.constants.classes; k++) {
    loss += labels[this.thread.x]![k]! * (normalizer - (logits[this.thread.x]![k]! - largest));
  }
  return loss;
}

function mean(this: Thread<Constants>, losses: readonly number[]): number {
  let sum = 0;
  for (let n = 0; n < this.constants.examples; n++) {
    sum += losses[n]!;
  }
  return sum / this.constants.examples;
}

export const softmaxCrossEntropy: OperationKernel<"softmaxCrossEntropy"> = async (
  run,
  [logits, labels],
  _,
  [shape],
) => {
  const [examples, classes] = shape;
  const integers = { examples, classes };
  const losses = await run(crossEntropy, { output: [examples], integers }, [
    [logits, [classes, examples]],
    [labels, [classes, examples]],
  ]);
  return run(mean, { output: [1], integers }, [[losses, [examples]]]);
};

function gradientOfLoss(this: Thread<Constants>, probabilities: Matrix, labels: Matrix): number {
  let labelSum = 0;
  for (let k = 0; k < this.constants.classes; k++) {
    labelSum += labels[this.thread.y]![k]!;
  }
  const expected = probabilities[this.thread.y]![this.thread.x]! * labelSum;
  return (expected - labels[this.thread.y]![this.thread.x]!) / this.constants.examples;
}

export const softmaxCrossEntropyGrad: OperationKernel<"softmaxCrossEntropyGrad"> = async (
  run,
  [logits, labels],
  { shape },
) => {
  const [examples, classes] = shape;
  const launch = { output: [classes, examples] as const, integers: { examples, classes } };
  const probabilities = await run(probability, launch, [[logits, [classes, examples]]]);
  return run(gradientOfLoss, launch, [
    [probabilities, [classes, examples]],
    [labels, [classes, examples]],
  ]);
};
